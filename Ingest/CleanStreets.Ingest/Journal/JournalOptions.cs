using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Journal;

/// <summary>How the journal groups what it writes.</summary>
public sealed class JournalOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Journal";

    /// <summary>Longest a record waits for others to share its fsync. Default: 10 ms.</summary>
    /// <remarks>Disks give 150 to 5,500 fsyncs a second by machine; 100 a second suit them all and stay far below the two seconds to the map.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Bytes after which a group is committed without waiting longer. Default: 1 MiB.</summary>
    [Range(1, 1 << 30)]
    public int CommitBytes { get; set; } = 1 << 20;

    /// <summary>Size at which a new file is begun. Default: 256 MiB.</summary>
    /// <remarks>Small enough to delete history by the file, large enough that a city writes a few dozen a day at most.</remarks>
    [Range(64 * 1024, 4L << 30)]
    public long SegmentBytes { get; set; } = 256L << 20;
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
