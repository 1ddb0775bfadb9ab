namespace CleanStreets.Edge.Spool;

/// <summary>How many evidence pictures may wait on the truck's disk, apart from the spool's own cap, which they share with the readings.</summary>
internal sealed record EvidenceLimits
{
    /// <summary>Most pictures; the oldest go first. Default: 200.</summary>
    public int MaxPictures { get; init; } = 200;

    /// <summary>Most bytes of all together; the oldest go first. Default: 20 MB.</summary>
    public long MaxBytes { get; init; } = 20_000_000;

    /// <summary>Oldest picture. Default: 14 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(14);
}
