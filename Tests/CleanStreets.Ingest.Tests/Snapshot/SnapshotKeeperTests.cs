using CleanStreets.Ingest.Snapshot;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Snapshot;

public sealed class SnapshotKeeperTests
{
    [Theory]
    [InlineData(100, 500, true)]
    [InlineData(500, 500, false)]
    [InlineData(0, 0, false)]
    public void After_a_start_a_journal_without_room_gets_its_snapshot_though_nothing_comes_in(long newest, long journalEnd, bool begins)
    {
        using var folder = new TemporaryFolder();
        var keeper = new SnapshotKeeper(
            new SnapshotFolder(folder.Combine("snapshots")),
            "streets",
            "method",
            _ => Task.CompletedTask,
            new SnapshotOptions(),
            TimeProvider.System,
            NullLogger<SnapshotKeeper>.Instance);
        keeper.Resume(newest, journalEnd);
        keeper.Enable();

        keeper.Demand();

        (keeper.TryBegin(readings: 0, anything: false) is not null).ShouldBe(begins);
    }
}
