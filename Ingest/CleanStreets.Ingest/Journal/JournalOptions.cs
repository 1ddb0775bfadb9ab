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

    /// <summary>Size at which nothing more is received until old files may go. Default: 64 GiB, 150 million readings sent one by one.</summary>
    /// <remarks>At nine tenths the oldest files go that no snapshot needs. What is in the pipeline when the cap is reached still goes in: some 16 MiB. Keep it well above four files.</remarks>
    [Range(256 * 1024, 1L << 50)]
    public long MaximumBytes { get; set; } = 64L << 30;

    /// <summary>Age beyond which files go that no snapshot needs. Default: 180 days, longer than any evidence weighs, so that new streets can be scored from the journal.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(180);

    /// <summary>Time after a start in which nothing goes by its age. Default: 1 hour.</summary>
    /// <remarks>A box that begins with a clock some days ahead is put right by its network within minutes, and a file that is gone does not come back.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Pause before a write that found the disk full is tried again. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RoomPause { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;
