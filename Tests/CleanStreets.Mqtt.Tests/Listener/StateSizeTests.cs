using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.State;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>The log of the listener's state grows with what is alive, is begun anew no oftener than that pays, and is read back whatever its length.</summary>
public sealed class StateSizeTests
{
    private const long Mebi = 1024 * 1024;

    [Theory]
    [InlineData(0, 64 * Mebi)]
    [InlineData(100 * Mebi, 200 * Mebi)]
    [InlineData(1000 * Mebi, 2000 * Mebi)]
    [InlineData(3000 * Mebi, 6000 * Mebi)]
    public void Log_is_begun_anew_when_as_much_again_as_was_alive_has_come(long live, long at) => StateFile.CompactAt(live, leastBytes: 64 * Mebi).ShouldBe(at);

    [Fact]
    public async Task State_far_above_the_least_length_is_written_anew_in_proportion_to_what_comes()
    {
        const int Topics = 200, Changes = 1500, Payload = 1000;
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path, LeastStateFileBytes = 10_000 };
        await using (var broker = await Broker.StartAsync(options: options))
        {
            using var peer = RawPeer.ConnectAs(broker.Port, "p", version: 4);
            for (var id = 1; id <= Topics + Changes; id++)
            {
                peer.Publish(id <= Topics ? $"t/{id}" : "changes", $"{id}".PadRight(Payload), qos: 1, id: id, retain: true, version: 4);
                peer.ReadHex().ShouldBe($"4002{id:X4}");
            }

            // Doubling from 10 KB to 200 KB takes five; then each 200 KB of changes may cost one.
            broker.Listener.Counters.StateCompactions.ShouldBeInRange(2, 1 + 5 + (Changes / Topics) + 1);
            new FileInfo(folder.Combine("mqtt-state.log")).Length.ShouldBeLessThan(3 * (Topics + 1) * (Payload + 100));
        }

        await using var again = await Broker.StartAsync(options: options);
        again.Listener.Counters.RetainedMessages.ShouldBe(Topics + 1);
        using var reader = RawPeer.ConnectAs(again.Port, "r", version: 4);
        reader.Subscribe("changes", qos: 0, 4);
        reader.ReadPublish(4).Payload.Trim().ShouldBe($"{Topics + Changes}");
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(1024 * 1024)]
    public void Log_is_read_back_in_pieces_of_any_size_up_to_the_first_record_that_is_not_whole(int pieceBytes)
    {
        var log = new RecordBuffer();
        for (var number = 1; number <= 50; number++)
        {
            var topic = System.Text.Encoding.UTF8.GetBytes($"t/{number}");
            log.Begin(RecordKind.Message).Int64(number).Bytes(topic).Bytes(new byte[number * 7 % 300]).Bytes([]).Byte(1).Byte(1).UInt32(uint.MaxValue).Int64(0).End();
            log.Begin(RecordKind.Retain).Int64(number).End();
        }

        byte[] whole = [.. StateFile.Magic, .. log.Written.Span];
        Read(whole, pieceBytes).ShouldBe((50, 0));
        Read(whole[..^5], pieceBytes).ShouldBe((49, 12));
        var flipped = whole.ToArray();
        flipped[whole.Length / 2] ^= 1;
        var (read, unread) = Read(flipped, pieceBytes);
        read.ShouldBeInRange(20, 45);
        unread.ShouldBeInRange(whole.Length / 2, whole.Length / 2 + 400);
        Read("something else"u8.ToArray(), pieceBytes).ShouldBe((0, 14));
        Read([], pieceBytes).ShouldBe((0, 0));
    }

    [Fact]
    public void Buffer_of_more_than_a_gibibyte_grows_to_the_longest_array()
    {
        RecordBuffer.LargerThan(4096, needed: 4100).ShouldBe(8192);
        RecordBuffer.LargerThan(4096, needed: 10_000).ShouldBe(10_000);
        RecordBuffer.LargerThan(1 << 30, needed: (1 << 30) + 1).ShouldBe(Array.MaxLength);
    }

    private static (int Retained, long Unread) Read(byte[] log, int pieceBytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Combine("log"), log);
        var options = new MqttListenerOptions();
        var state = new LoopState(options, NullLogger.Instance)
        {
            Access = Mqtt.Listener.Access.AccessControl.Load(options),
            Revoked = Mqtt.Listener.Access.RevocationList.Empty,
        };
        var recovery = new StateRecovery(state);
        using var file = File.OpenHandle(folder.Combine("log"));
        var unread = LogReading.Read(file, recovery, pieceBytes);
        var router = new Router(state, new Deliverer(state));
        recovery.Restore(new SessionTable(), router);
        return (router.Retained.Count, unread);
    }
}
