using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate;

/// <summary>The agent as a process that dies without a word, against a real ingest.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const string Edge = "Edge/CleanStreets.Edge";
    private const int Rounds = 2;
    private const int Trucks = 20;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_while_sending_everything_spooled_is_stored_once_and_no_clock_goes_back()
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var ear = await MarkingCity.StartAsync(ingest.Port);
        ear.IsMarking = false; // It listens; ingest marks.
        var spooled = new Dictionary<(string Truck, string Session), long>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var edge = Simulate(ingest.Mqtt);
            await edge.ReadyAsync(Eventually.Patience);
            var before = ear.StoredCount;
            await Eventually.TrueAsync("readings of every truck flow", () => ear.StoredCount > before + 1500 && ear.SessionCount >= Trucks * (round + 1));
            await edge.KillAsync();
            foreach (var (session, through) in await DeadSpool.LeftoversAsync(_folder.Combine("edge", "spool")))
            {
                (spooled.TryAdd(session, through) || spooled[session] == through).ShouldBeTrue("a leftover session never grows");
            }
        }

        spooled.ShouldNotBeEmpty("a kill in the middle of sending leaves something");
        await using (var last = Simulate(ingest.Mqtt))
        {
            await last.ReadyAsync(Eventually.Patience);
            await Eventually.TrueAsync("every truck sends again", () => ear.SessionCount == Trucks * (Rounds + 1));
            await Eventually.TrueAsync("the leftovers arrived", () => spooled.All(s => ear.Stored(s.Key.Truck, s.Key.Session).Count >= s.Value));
            (await last.StopAsync(Eventually.Patience)).ShouldBe(0, last.Output);
        }

        var stored = await ingest.StopAndReadJournalAsync();
        spooled.ShouldAllBe(s => stored[s.Key] == s.Value);
        ShouldNeverReuseASequence(ear.Batches);
        ShouldNeverGoBackInTime(ear.Batches);
    }

    private ProductProgram Simulate(string mqtt) => ProductProgram.Start(
        Edge, "simulate", "--mqtt", mqtt, "--data", _folder.Combine("edge"), "--trucks", $"{Trucks}", "--speed", "60", "--streets", "generated:1");

    private static void ShouldNeverReuseASequence(IEnumerable<ArrivedBatch> batches) => batches
        .SelectMany(b => b.Readings.Select((r, i) => (Key: (b.Truck, b.Session, b.First + i), r.CapturedAtMs)))
        .GroupBy(r => r.Key)
        .ShouldAllBe(same => same.Select(r => r.CapturedAtMs).Distinct().Count() == 1);

    private static void ShouldNeverGoBackInTime(IEnumerable<ArrivedBatch> batches)
    {
        foreach (var truck in batches.GroupBy(b => b.Truck))
        {
            var sessions = truck.GroupBy(b => b.Session)
                .Select(s => (From: s.Min(b => b.Readings[0].CapturedAtMs), To: s.Max(b => b.Readings[^1].CapturedAtMs)))
                .OrderBy(s => s.From).ToList();
            sessions.Count.ShouldBe(Rounds + 1);
            sessions.Zip(sessions.Skip(1)).ShouldAllBe(pair => pair.First.To < pair.Second.From);
        }
    }
}
