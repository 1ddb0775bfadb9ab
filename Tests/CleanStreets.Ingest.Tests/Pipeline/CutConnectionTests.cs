using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>Raw sockets, because our own client refuses to send what is sent here.</summary>
public sealed class CutConnectionTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";
    private const int TooMuch = 1_500_000;

    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Publish_above_the_maximum_size_is_counted_by_its_reason_and_harms_no_neighbour()
    {
        await _bench.StartAsync();
        (await _bench.StatusAsync()).ConnectionsCut.ShouldNotBeNull().ShouldBeEmpty();
        var neighbour = await _bench.ConnectAsync("truck-1");
        await PublishGoodAsync(neighbour, sequence: 1);

        Convert.ToHexString(await PublishTooMuchAsync(version: 5)).ShouldBe("E00195", "DISCONNECT says why");
        await PublishGoodAsync(neighbour, sequence: 2);
        (await PublishTooMuchAsync(version: 4)).ShouldBeEmpty("3.1.1 has no packet to say why");
        await PublishGoodAsync(neighbour, sequence: 3);

        var status = await _bench.StatusAsync();
        status.ConnectionsCut.ShouldBe(new Dictionary<string, long> { ["packet_too_large"] = 2 });
        (status.Received, status.Accepted).ShouldBe((3, 3), "what was never read is not a reading");
        _bench.Pipeline.Receivers.Listener.ConnectionsAccepted.ShouldBe(3, "the neighbour never had to come back");
        (await _bench.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_connections_cut_total{reason=\"packet_too_large\"} 2\n");
    }

    [Fact]
    public async Task Cut_before_the_connection_is_open_is_counted_by_its_reason()
    {
        await _bench.StartAsync();
        await SayAsync("C000"); // PINGREQ where CONNECT belongs.
        await SayAsync("100E 0004 4D515454 09 02 0000 00 0001 78"); // CONNECT of a version 9.

        var cut = (await _bench.StatusAsync()).ConnectionsCut.ShouldNotBeNull();
        cut.Count.ShouldBe(2);
        cut["protocol_error"].ShouldBe(1);
        cut["unsupported_protocol_version"].ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static async Task PublishGoodAsync(MqttClient client, int sequence)
    {
        var batch = $"{{\"truckId\":\"truck-1\",\"sessionId\":\"b\",\"firstSequence\":{sequence},\"readings\":[{{\"capturedAt\":\"2026-01-01T00:00:00Z\",\"latitude\":1,\"longitude\":1}}]}}";
        (await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(batch))).ShouldBe(MqttReasonCode.Success);
    }

    /// <summary>Connects, publishes 1.5 MB and answers everything that came back after CONNACK.</summary>
    private async Task<byte[]> PublishTooMuchAsync(byte version)
    {
        using var socket = await OpenAsync();
        await SendAsync(socket, Convert.FromHexString(version == 5 ? "100E00044D5154540502000000000178" : "100D00044D51545404020000000178"));
        await SkipPacketAsync(socket);

        // The answer comes after the first bytes already; the rest is sent nevertheless, as a device would.
        var publish = Publish(version);
        await SendAsync(socket, publish.AsMemory(0, 1000));
        var answer = await ReadToEndAsync(socket);
        try
        {
            await SendAsync(socket, publish.AsMemory(1000));
        }
        catch (SocketException)
        {
            // The listener waits a while for the rest and then closes for good.
        }

        return answer;
    }

    private static byte[] Publish(byte version)
    {
        var topic = Encoding.UTF8.GetBytes(Topic);
        byte[] start = [0, (byte)topic.Length, .. topic, 0, 1, .. version == 5 ? [(byte)0] : Array.Empty<byte>()];
        var length = start.Length + TooMuch;
        return [0x32, (byte)(length | 0x80), (byte)((length >> 7) | 0x80), (byte)(length >> 14), .. start, .. new byte[TooMuch]];
    }

    private async Task SayAsync(string hex)
    {
        using var socket = await OpenAsync();
        await SendAsync(socket, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        await ReadToEndAsync(socket);
    }

    private async Task<Socket> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _bench.MqttEndpoint.Port));
        return socket;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
        }
    }

    private static async Task SkipPacketAsync(Socket socket)
    {
        await ReadAsync(socket, 1);
        await ReadAsync(socket, (await ReadAsync(socket, 1))[0]); // Shorter than 128 bytes, so its length is one byte.
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }
}
