namespace CleanStreets.Soak;

/// <summary>Something that goes wrong over and over while trucks send.</summary>
/// <param name="Name">The verb.</param>
/// <param name="About">One sentence.</param>
/// <param name="Rounds">How often by default.</param>
/// <param name="RoundAsync">One round.</param>
internal sealed record Fault(string Name, string About, int Rounds, Func<SoakRun, int, Task> RoundAsync)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill", "kill -9 of Ingest under load, at random moments, and a new start.", 200, Faults.KillAsync),
        new("tail", "kill -9, and then a half-written record or zeros behind the journal's end.", 50, Faults.TailAsync),
        new("fsync", "Every fsync fails with EIO (strace) until Ingest ends; then a new start.", 20, Faults.FsyncAsync),
        new("disk", "The disk is filled and freed (a small tmpfs; needs root).", 20, Faults.DiskAsync),
        new("link", "The trucks' links are cut, flap, and lose acknowledgements.", 200, Faults.LinkAsync),
        new("clock", "Ingest starts with a clock 20 years off (faketime), and with a right one again.", 10, Faults.ClockAsync),
        new("repeats", "Whole sessions are played back by another client.", 50, Faults.RepeatsAsync),
        new("poison", "Twice the window of messages that cannot be decoded, before good ones.", 50, Faults.PoisonAsync),
    ];
}
