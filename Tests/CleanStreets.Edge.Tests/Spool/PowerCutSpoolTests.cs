using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Spool;

/// <summary>The power cut that stories make: nothing of it may be kinder than a real one.</summary>
public sealed class PowerCutSpoolTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(0.97)]
    public async Task Power_cut_takes_what_waited_for_its_commit_and_leaves_a_torn_tail_that_the_next_opening_cuts(double torn)
    {
        var timers = new HeldTimers();
        var spool = FleetSpool.Open(Options, timers, NullLogger.Instance);
        var session = spool.Begin(Truck, SessionId.Parse("s-1"));
        await AppendAsync(spool, session, 50);
        await Eventually.TrueAsync("the first are on disk", () => session.CommittedThrough == 50);
        timers.Hold(); // All thirty wait for one commit, which does not begin before they are there.
        await AppendAsync(spool, session, 30);
        spool.CutPower(torn);
        timers.LetGo();
        await spool.DisposeAsync();

        session.CommittedThrough.ShouldBe(50, "nobody was told of more");
        await using var again = FleetSpool.Open(Options, TimeProvider.System, NullLogger.Instance);
        var left = again.Leftovers.ShouldHaveSingleItem().CommittedThrough;
        left.ShouldBeInRange(50, 79, "what was told is there, and a whole frame of the torn tail may be");
        (left > 50).ShouldBe(torn > 0.1);
    }

    private SpoolOptions Options => new() { Folder = _folder.Combine("spool") };

    private static async Task AppendAsync(FleetSpool spool, SpoolSession session, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Protobuf, 1_763_800_000_000 + i, new byte[40]);
        }
    }
}
