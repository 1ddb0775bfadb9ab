using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Store;

/// <summary>How the store groups what it writes.</summary>
public sealed class StoreOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Store";

    /// <summary>Longest a row waits for its transaction. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rows after which a transaction is committed without waiting longer. Default: 5,000.</summary>
    [Range(1, 1_000_000)]
    public int CommitRows { get; set; } = 5000;

    /// <summary>Batches that may wait for the store; when they all do, scoring waits, and with it receiving. Default: 256.</summary>
    [Range(1, 65_536)]
    public int QueueDepth { get; set; } = 256;

    /// <summary>Pause before a refused transaction is tried again. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;
