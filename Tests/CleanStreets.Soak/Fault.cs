namespace CleanStreets.Soak;

/// <summary>Something that goes wrong over and over while trucks send.</summary>
/// <param name="Name">The verb.</param>
/// <param name="About">One sentence.</param>
/// <param name="Rounds">How often by default.</param>
/// <param name="RoundAsync">One round.</param>
internal sealed record Fault(string Name, string About, int Rounds, Func<SoakRun, int, Task> RoundAsync)
{
    /// <summary>What it needs besides Ingest and trucks.</summary>
    public FaultNeeds Needs { get; init; }

    /// <summary>What each of a truck's sixteen senders waits for after a message, so that hours of sending fit into a journal and a machine.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Street segments of a lap, which is a session: long ones where it is sent for hours, because 64 sessions of a truck are remembered.</summary>
    public int SegmentsInALap { get; init; } = 30;

    /// <summary>Looked at once everything is sent and before Ingest stops: true when what the fault is about is as it should be.</summary>
    public Func<SoakRun, Task<bool>> CheckAsync { get; init; } = static _ => Task.FromResult(true);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill", "kill -9 of Ingest under load, at random moments, and a new start.", 200, Faults.KillAsync),
        new("tail", "kill -9, and then a half-written record or zeros behind the journal's end.", 50, Faults.TailAsync),
        new("fsync", "Every fsync fails with EIO (strace) until Ingest ends; then a new start.", 20, Faults.FsyncAsync),
        new("disk", "The disk is filled and freed, every second time with a kill and a start in between (a small tmpfs; needs root).", 20, Faults.DiskAsync) { Needs = FaultNeeds.SmallDisk },
        new("link", "The trucks' links are cut, flap, and lose acknowledgements.", 200, Faults.LinkAsync),
        new("clock", "Ingest starts with a clock 20 years off (faketime), and with a right one again.", 10, Faults.ClockAsync),
        new("repeats", "Whole sessions are played back by another client.", 50, Faults.RepeatsAsync),
        new("poison", "Twice the window of messages that cannot be decoded, before good ones.", 50, Faults.PoisonAsync),
        new("store", "A real InfluxDB beside SQLite is away for --minutes: frozen for a quarter of it, then killed. Afterwards both hold the same.", 1, StoreOutage.RoundAsync)
        {
            Needs = FaultNeeds.Influx,
            Pace = TimeSpan.FromSeconds(1),
            SegmentsInALap = 150,
            CheckAsync = StoreOutage.CheckAsync,
        },
    ];
}

/// <summary>What a fault needs besides Ingest and trucks.</summary>
internal enum FaultNeeds
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Ingest's data on a small disk of its own.</summary>
    SmallDisk,

    /// <summary>A real InfluxDB that Ingest writes to beside SQLite.</summary>
    Influx,
}
