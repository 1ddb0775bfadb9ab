using System.Net.Sockets;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Packets;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>A client whose server says anything at all.</summary>
public sealed class ClientFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Hostile_server_ends_links_and_never_the_client_nor_a_publish(MqttProtocolVersion version)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var samples = SamplePackets.All(version);
        using var server = new RawServer();
        var log = new RecordedLog<MqttClient>();
        await using var client = new MqttClient(
            new MqttClientOptions
            {
                ClientId = "c",
                Port = server.Port,
                ProtocolVersion = version,
                CleanStart = false,
                SessionExpiry = TimeSpan.FromHours(1),
                KeepPublishes = true,
                ReceiveMaximum = 5,
                ReconnectMinDelay = TimeSpan.FromMilliseconds(1),
                ReconnectMaxDelay = TimeSpan.FromMilliseconds(1),
                RefusedPause = TimeSpan.FromMilliseconds(1),
            },
            TimeProvider.System,
            log);
        await client.SubscribeManualAsync("#", QualityOfService.ExactlyOnce, (received, _) =>
        {
            received.Acknowledge();
            return default;
        }, Token);
        await client.StartAsync(Token);
        for (var i = 0; i < Rounds; i++)
        {
            using var peer = await server.AcceptAsync();
            peer.ReadPacket();
            peer.Send(i % 10 == 0 ? Mutation.Of(samples, random) : ConnAck(version, random.Next(2)));
            SayAnything(peer, samples, random);
        }

        log.Lines.ShouldNotContain(line => line.Contains("unforeseen", StringComparison.Ordinal));
        await BehaveAsync(server, client, version);
    }

    private static byte[] ConnAck(MqttProtocolVersion version, int sessionPresent) =>
        version == MqttProtocolVersion.V500 ? [0x20, 3, (byte)sessionPresent, 0, 0] : [0x20, 2, (byte)sessionPresent, 0];

    private static void SayAnything(RawPeer peer, IReadOnlyList<byte[]> samples, Random random)
    {
        try
        {
            for (var packets = random.Next(1, 6); packets > 0; packets--)
            {
                peer.Send(random.Next(3) == 0 ? samples[random.Next(samples.Count)] : Mutation.Of(samples, random));
            }
        }
        catch (IOException refused) when (refused.InnerException is SocketException)
        {
            // The client has heard enough.
        }
    }

    /// <summary>After all that a well-behaved server finds a client as good as new.</summary>
    private static async Task BehaveAsync(RawServer server, MqttClient client, MqttProtocolVersion version)
    {
        var (peer, _) = await server.AcceptAsync((int)version);
        using (peer)
        {
            RawServer.Grant(peer, (int)version, qos: 2);
            await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
            var publish = client.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = QualityOfService.AtLeastOnce }, Token).AsTask();
            var bytes = peer.ReadPacket();
            bytes[0].ShouldBe((byte)0x32);
            peer.Send(0x40, 2, bytes[5], bytes[6]);
            (await publish).ShouldBe(MqttReasonCode.Success);
        }
    }
}
