namespace CleanStreets.Launcher.Commands;

/// <summary>Verbs that other programs own; <c>./cleanstreets</c> hands them over before this program is reached.</summary>
internal static class OtherPrograms
{
    public static IReadOnlyList<(string Name, string Description)> Verbs { get; } =
    [
        ("test", "Install what the tests need and run them all."),
        ("bench", "Measure the performance table, peers in the same run."),
        ("edge", "The agent on the truck: simulate (a fleet, or recorded traces)."),
        ("fleet", "The boxes on the trucks: codes, certificates, assignments, revocation."),
        ("ingest", "The ingestion service alone: run."),
        ("dashboard", "The web pages alone: run."),
        ("journal", "Look into ingest's journal: check."),
        ("passes", "Write the passes of a period as CSV, for areas."),
        ("rescore", "Say what another method or setting would change, before anyone switches."),
        ("broker", "The MQTT listener alone."),
    ];
}
