using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Spool;

/// <summary>Counts the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(BacklogMemoryTests), DisableParallelization = true)]
[Collection(nameof(BacklogMemoryTests))]
public sealed class BacklogMemoryTests : IDisposable
{
    private const int SixHours = 21_600;
    private const int Days = 20 * SixHours; // Five days at one reading a second.
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Memory_does_not_grow_with_the_backlog_and_neither_does_reading_it_back()
    {
        var options = new SpoolOptions { Folder = _folder.Combine("spool") };
        long small, large;
        await using (var spool = FleetSpool.Open(options, TimeProvider.System, NullLogger.Instance))
        {
            var session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"));
            await TakeAsync(spool, session, SixHours);
            small = GC.GetTotalMemory(forceFullCollection: true);
            await TakeAsync(spool, session, Days);
            large = GC.GetTotalMemory(forceFullCollection: true);
            spool.Bytes.ShouldBeGreaterThan(Days * 100L, "the backlog is on the disk");
            (large - small).ShouldBeLessThan(spool.Bytes / 20, "20 times the backlog in the same memory");
        }

        await using var again = FleetSpool.Open(options, TimeProvider.System, NullLogger.Instance);
        var leftover = again.Leftovers.ShouldHaveSingleItem();
        var reader = new SpoolReader(leftover, again.Key);
        var batch = new List<SpooledReading>();
        for (long next = 1; next <= Days; next = batch[^1].Sequence + 1)
        {
            batch.Clear();
            reader.Read(next, 200, Days, batch).ShouldBeGreaterThan(0);
        }

        (GC.GetTotalMemory(forceFullCollection: true) - small).ShouldBeLessThan(again.Bytes / 20);
    }

    private static async Task TakeAsync(FleetSpool spool, SpoolSession session, int through)
    {
        for (var i = session.CommittedThrough + 1; i <= through; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Protobuf, i, new byte[100]);
        }

        await Eventually.TrueAsync("all are on the disk", () => session.CommittedThrough == through, TimeSpan.FromMinutes(5));
    }
}
