namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A release that ends at its start.</summary>
public sealed class CrashingReleaseTests : UpgradeStory
{
    [Fact]
    public Task Release_that_crashes_gives_way_to_the_one_before() => GivesWayAsync(Bench.Shell("broken", "echo nothing works; exit 134"), LongStart);
}
