namespace CleanStreets.Edge.Spool;

/// <summary>Where the spool lies and how much it may hold.</summary>
internal sealed record SpoolOptions
{
    /// <summary>Folder of the spool; made when absent. One program owns it at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>The file that keeps the key of the spool. Default: beside the folder, its name with <c>.key</c>.</summary>
    public string KeyFile { get => field ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)) + ".key"; init; }

    /// <summary>Whether a key is made when there is none; no for one that somebody else hands over. Default: yes.</summary>
    public bool MayMakeKey { get; init; } = true;

    /// <summary>Size at which a chunk is closed. Default: 1 MiB: small enough that the disk shrinks soon after acknowledgement.</summary>
    public int ChunkBytes { get; init; } = 1024 * 1024;

    /// <summary>Most bytes on disk, readings and evidence pictures together; beyond it the oldest pictures go, then the oldest readings, counted and declared. Default: 1 GiB.</summary>
    public long CapBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How many evidence pictures may wait, besides.</summary>
    public EvidenceLimits Evidence { get; init; } = new();

    /// <summary>Longest a reading waits for company before its fsync. Default: 10 ms: slow flash does about a hundred a second.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Bytes at which a commit group does not wait any longer. Default: 256 KiB.</summary>
    public int CommitBytes { get; init; } = 256 * 1024;

    /// <summary>Committed readings of one session kept in memory for sending; older ones are read from disk. Default: 256.</summary>
    public int RecentReadings { get; init; } = 256;
}
