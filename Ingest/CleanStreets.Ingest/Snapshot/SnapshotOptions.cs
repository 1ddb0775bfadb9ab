using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>How often the state of the stages is saved.</summary>
public sealed class SnapshotOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Snapshot";

    /// <summary>Journalled readings after which a snapshot is due: the most that a start reads again, and as much again while one is being written. Default: 1,000,000.</summary>
    [Range(1, 1_000_000_000)]
    public long Readings { get; set; } = 1_000_000;

    /// <summary>Longest time between two snapshots while anything is journalled. Default: 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(60);
}

[OptionsValidator]
internal sealed partial class SnapshotOptionsValidator : IValidateOptions<SnapshotOptions>;
