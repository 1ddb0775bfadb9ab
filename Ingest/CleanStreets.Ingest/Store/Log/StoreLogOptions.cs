using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>How the store log groups what it writes, and how large it may grow.</summary>
public sealed class StoreLogOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Store:Log";

    /// <summary>Longest a row waits for others to share its fsync; stores see it then. Default: 250 ms.</summary>
    /// <remarks>Nobody waits for it to be acknowledged, so it can be far longer than the journal's; four a second are felt on no disk.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Rows after which a group is written without waiting longer. Default: 5,000.</summary>
    [Range(1, 1_000_000)]
    public int SyncRows { get; set; } = 5000;

    /// <summary>Rounds of scores that may wait for the log; when they all do, its disk is slower than scoring, and scoring waits. Default: 256.</summary>
    [Range(1, 65_536)]
    public int QueueDepth { get; set; } = 256;

    /// <summary>Size at which a new file is begun. Default: 32 MiB. What every store has is deleted by the file.</summary>
    [Range(64 * 1024, 1L << 30)]
    public long FileBytes { get; set; } = 32L << 20;

    /// <summary>Most bytes kept for a store that does not take them; beyond, the oldest file goes and the store is marked. Default: 1 GiB.</summary>
    /// <remarks>About ten million passes: a hundred trucks for three days.</remarks>
    [Range(128 * 1024, 1L << 40)]
    public long CapBytes { get; set; } = 1L << 30;

    /// <summary>Pause before a write that the disk refused is tried again. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class StoreLogOptionsValidator : IValidateOptions<StoreLogOptions>;
