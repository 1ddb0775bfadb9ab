using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Install;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>The power goes while a release comes.</summary>
public sealed class UpgradePowerCutTests : UpgradeStory
{
    [Fact]
    public async Task Power_cuts_during_fetch_and_trial_do_not_stop_an_upgrade()
    {
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        await UntilAsync(unit, "readings are stored", () => City.StoredCount > 0);
        Server.BytesASecond = 200_000;
        await OfferAsync("all", Bench.Program("0.2.0", ReleaseBench.Agent));
        var part = Bench.OnBox("var/lib/cleanstreets-edge/upgrade/program/archive.part");
        for (var cut = 1; cut <= 2; cut++)
        {
            var bytes = cut * 100_000;
            await UntilAsync(unit, $"{bytes} bytes are here", () => File.Exists(part) && new FileInfo(part).Length > bytes);
            await unit.CutAsync();
        }

        Server.BytesASecond = 0;
        await UntilAsync(unit, "it is on trial", () => File.Exists(Path.Combine(Bench.Home, "trial")));
        await unit.CutAsync();
        await UntilAsync(unit, "it is confirmed", () => Said is { Program: { Version: "0.2.0", State: UpgradeState.Confirmed } });
    }
}
