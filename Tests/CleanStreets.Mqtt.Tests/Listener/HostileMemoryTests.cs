using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>What is announced and never sent costs little memory. The memory of the process is counted, so nothing else may run meanwhile.</summary>
[Collection(nameof(WholeProcessTests))]
public sealed class HostileMemoryTests
{
    [Fact]
    public async Task Length_bomb_is_refused_before_anything_is_allocated_for_it()
    {
        await using var broker = await Broker.StartAsync();
        using var warm = RawPeer.ConnectAs(broker.Port, "warm");
        warm.SendHex("32FFFFFF7F");
        warm.ReadHex().ShouldBe("E00195", "[MQTT-3.2.2-15]");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 100; i++)
        {
            using var bomber = RawPeer.ConnectAs(broker.Port, "bomber");
            bomber.SendHex("32FFFFFF7F");
            bomber.ReadHex().ShouldBe("E00195");
        }

        // 256 MB were announced each time.
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(100L * 256 * 1024 * 1024 / 20);
    }

    [Fact]
    public async Task Packet_that_is_announced_at_the_maximum_and_never_sent_holds_little_memory()
    {
        await using var broker = await Broker.StartAsync();
        var peers = Enumerable.Range(0, 200).Select(i => RawPeer.ConnectAs(broker.Port, $"p{i}")).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var peer in peers)
        {
            peer.SendHex("32F0FF3F 0001 61"); // PUBLISH of nearly 1 MiB, of which 3 bytes come.
        }

        await Eventually.TrueAsync("the beginnings have arrived", () => broker.Listener.Counters.BytesReceived >= 200 * 7);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(100 * 1024 * 1024, "200 × 1 MiB were announced");
        peers.ForEach(peer => peer.Dispose());
    }
}
