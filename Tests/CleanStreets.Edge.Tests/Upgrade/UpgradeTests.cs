using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Install;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A release that is good, and what is refused.</summary>
public sealed class UpgradeTests : UpgradeStory
{
    [Fact]
    public async Task Good_release_is_fetched_started_found_healthy_and_loses_no_reading()
    {
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        await UntilAsync(unit, "readings are stored", () => City.StoredCount > 2);
        await OfferAsync("all", Bench.Program("0.2.0", ReleaseBench.Agent));
        await UntilAsync(unit, "the new release is confirmed", () => Said is { Program: { Version: "0.2.0", State: UpgradeState.Confirmed, Offered: "0.2.0" } });
        Bench.Current.ShouldBe("0.2.0");
        unit.Codes.ToArray().ShouldBe([75], unit.Story);
        unit.Story.ShouldContain("release 0.2.0 is healthy and stays");
        var stored = City.StoredCount;
        await UntilAsync(unit, "readings go on", () => City.StoredCount > stored + 2);
        foreach (var session in City.Batches.Select(batch => batch.Session).Distinct())
        {
            var sequences = City.Stored("truck-1", session);
            sequences.ShouldBe(Enumerable.Range(1, sequences.Count).Select(i => (long)i), $"session {session} has no hole");
        }
    }

    [Fact]
    public async Task What_is_not_signed_damaged_or_older_is_refused_and_nothing_restarts()
    {
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        await OfferAsync("all", Bench.Program("0.2.0", ReleaseBench.Agent, Bench.StrangeKey()));
        await RefusedAsync(unit, "no key in");
        Server.Asked.ShouldBeEmpty("nothing is fetched for what nobody signed");
        await OfferAsync("all", Bench.Program("0.0.9", ReleaseBench.Agent));
        await RefusedAsync(unit, "0.0.9 is older than 0.1.0, and not signed to replace it");
        var manifest = Bench.Program("0.2.0", ReleaseBench.Agent);
        var archive = manifest.Replace(".manifest", $"-{ReleaseBench.Architecture}.tar.gz", StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(archive, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(archive, bytes, Token);
        await OfferAsync("all", manifest);
        await RefusedAsync(unit, "the archive is not the one that was signed");
        await Desk.PublishAsync(Offer("all", "program", "nonsense"u8.ToArray()), Token);
        await RefusedAsync(unit, "the offer is not understood");
        unit.Codes.ShouldBeEmpty(unit.Story);
        (Bench.Current, Said!.Program.Version).ShouldBe(("0.1.0", "0.1.0"));
    }
}
