using CleanStreets.Edge.Tests.Install;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A release that starts and has no way to the city.</summary>
public sealed class DeafReleaseTests : UpgradeStory
{
    [Fact]
    public async Task Release_that_is_never_healthy_gives_way_to_the_one_before()
    {
        // The real agent, which takes readings but has no way to the city.
        var broken = Bench.Combine("programs", "deaf");
        Directory.CreateDirectory(Path.GetDirectoryName(broken)!);
        ReleaseBench.Run("/bin/cp", "-a", ReleaseBench.Agent, broken).Code.ShouldBe(0);
        File.Move(Path.Combine(broken, "CleanStreets.Edge"), Path.Combine(broken, "real"));
        await SettingsAsync(Bench.Combine("deaf.json"), FreePort.Next(), Bench.Combine("deaf"));
        var body = $"exec \"$(dirname \"$(readlink -f \"$0\")\")/real\" run --settings {Bench.Combine("deaf.json")}";
        File.Copy(Path.Combine(Bench.Shell("deaf-script", body), "CleanStreets.Edge"), Path.Combine(broken, "CleanStreets.Edge"));
        await GivesWayAsync(broken, TimeSpan.FromSeconds(20));
    }
}
