using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>While the hook has too little room for all, everybody gets some of it in turn.</summary>
public sealed class HookTurnsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Flood_costs_the_others_a_round_however_little_room_there_is(int room)
    {
        const int Flooders = 3;
        const int Polite = 100;
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true, Room = 0 };
        await using var broker = await Broker.StartAsync(hook);
        var flooders = Enumerable.Range(0, Flooders).Select(i => RawPeer.ConnectAs(broker.Port, $"flooder-{i}", version: 4)).ToList();
        var polite = Enumerable.Range(0, Polite).Select(i => RawPeer.ConnectAs(broker.Port, $"t{i:000}", version: 4)).ToList();

        // The floods first: whoever is first in the list must not be first for ever.
        foreach (var (flooder, number) in flooders.Select((flooder, number) => (flooder, number)))
        {
            for (var id = 1; id <= 6000; id++)
            {
                flooder.Publish($"r/flooder-{number}", "x", qos: 1, id: id, version: 4);
            }
        }

        await Eventually.TrueAsync("the hook has been asked", () => broker.Listener.Counters.HookBusy == 1);
        var received = broker.Listener.Counters.BytesReceived;
        for (var i = 0; i < Polite; i++)
        {
            polite[i].Publish($"r/t{i:000}", "y", qos: 1, id: 1, version: 4);
        }

        await Eventually.TrueAsync("all have been read", () => broker.Listener.Counters.BytesReceived >= received + (Polite * 13));
        while (hook.Taken.Count(taken => taken.Payload == "y") < Polite)
        {
            var before = hook.Taken.Count;
            hook.Room = room;
            broker.Listener.ResumeReading();
            await AfterAsync(() => hook.Room == 0 || hook.Taken.Count(taken => taken.Payload == "y") == Polite, before);
            hook.Taken.Count.ShouldBeLessThan(3 * Flooders * 260, "the floods have had more than two turns each before the last of the others had one");
        }

        polite.ForEach(peer => peer.ReadHex().ShouldBe("40020001"));
        hook.Room = -1;
        broker.Listener.ResumeReading();
        foreach (var flooder in flooders)
        {
            for (var id = 1; id <= 6000; id++)
            {
                flooder.ReadHex().ShouldBe($"4002{id:X4}", "nothing of the flood is lost either");
            }
        }

        flooders.ForEach(peer => peer.Dispose());
        polite.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public void Nobody_passes_those_who_wait()
    {
        var turns = new HookTurns();
        Connection[] all = [.. Enumerable.Range(0, 4).Select(slot => new Connection(slot, 1, 0, new StoredBytes(1)))];
        turns.MayOffer(all[0]).ShouldBeTrue();
        turns.Busy(all[0]);
        turns.MayOffer(all[1]).ShouldBeFalse();
        turns.Wait(all[1]);
        turns.TryBegin(out _).ShouldBeFalse("the hook is busy");
        turns.Resume();
        turns.MayOffer(all[2]).ShouldBeFalse("others have waited longer");
        turns.Wait(all[2]);

        turns.TryBegin(out var first).ShouldBeTrue();
        first.ShouldBe(all[0]);
        turns.MayOffer(all[0]).ShouldBeTrue();
        turns.Taken(all[0], bytes: 256 * 1024);
        turns.MayOffer(all[0]).ShouldBeFalse("it has had its turn");
        turns.Wait(all[0]);
        turns.EndTurn();

        turns.TryBegin(out var second).ShouldBeTrue();
        second.ShouldBe(all[1]);
        turns.Busy(all[1]);
        turns.EndTurn();
        turns.Resume();
        turns.TryBegin(out var again).ShouldBeTrue();
        again.ShouldBe(all[1], "it goes on with its turn: what was too large for the room is not put back");
        turns.EndTurn();

        turns.TryBegin(out var third).ShouldBeTrue();
        third.ShouldBe(all[2]);
        turns.EndTurn();
        turns.TryBegin(out var last).ShouldBeTrue();
        last.ShouldBe(all[0]);
        turns.Taken(all[0], bytes: 256 * 1024);
        turns.MayOffer(all[0]).ShouldBeTrue("nobody waits any more");
        turns.EndTurn();
        turns.MayOffer(all[3]).ShouldBeTrue();
    }

    /// <summary>Without the pause of a usual wait: there are many rounds of one message.</summary>
    private static async Task AfterAsync(Func<bool> isOver, int before)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!isOver())
        {
            since.Elapsed.ShouldBeLessThan(Eventually.Patience, $"after {before}");
            await Task.Yield();
        }
    }
}
