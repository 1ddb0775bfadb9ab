using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Install;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>When a release comes.</summary>
public sealed class UpgradeRingTests : UpgradeStory
{
    [Fact]
    public async Task Ring_time_and_broken_links_decide_when_it_comes()
    {
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        var manifest = Bench.Program("0.2.0", ReleaseBench.Agent);
        Server.CutAfter = new FileInfo(manifest.Replace(".manifest", $"-{ReleaseBench.Architecture}.tar.gz", StringComparison.Ordinal)).Length / 2;
        await OfferAsync("canary", manifest);
        await UntilAsync(unit, "it follows its own ring", () => Said is { Ring: "all", Program.State: UpgradeState.Current });
        Server.Asked.ShouldBeEmpty();
        await ConfigureAsync("""{"version":"r1","ring":"can ary"}""");
        await UntilAsync(unit, "a ring that cannot be is refused", () => City.Statuses.Last().Settings?.Refused is { } why && why.Contains("ring 'can ary'", StringComparison.Ordinal));
        await OfferAsync("canary", manifest, "2049-01-01");
        await ConfigureAsync("""{"version":"r2","ring":"canary"}""");
        await UntilAsync(unit, "it waits for its time", () => Said is { Ring: "canary", Program: { State: UpgradeState.Waiting, Offered: "0.2.0", Detail: "not before 2049-01-01T00:00:00Z" } });
        Server.Asked.ShouldBeEmpty();
        await OfferAsync("canary", manifest, "2020-01-01");
        await UntilAsync(unit, "the link breaks", () => Said is { Program: { State: UpgradeState.Downloading, Detail: { } why } } && why.Contains("again in", StringComparison.Ordinal));
        await unit.CutAsync(); // The power goes; the next start remembers ring and bytes, and asks for the rest.
        Server.CutAfter = 0;
        await UntilAsync(unit, "it is confirmed", () => Said is { Ring: "canary", Program: { Version: "0.2.0", State: UpgradeState.Confirmed } });
        Server.Asked.Count.ShouldBe(2);
        Server.Asked.Last().ShouldBeGreaterThan(0, "the rest was asked for by range");
    }
}
