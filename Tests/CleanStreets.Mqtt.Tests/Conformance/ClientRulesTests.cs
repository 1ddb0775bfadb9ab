using System.Net;
using System.Net.Sockets;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>What MQTT asks of a client, seen by a server that says exact bytes.</summary>
public sealed class ClientRulesTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public ClientRulesTests() => _server.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_says_connect_once_with_its_fields_in_order()
    {
        // [MQTT-3.1.0-1] [MQTT-3.1.3-1]
        await using var client = Client(new MqttClientOptions
        {
            ProtocolVersion = MqttProtocolVersion.V311,
            ClientId = "c",
            UserName = "u",
            Password = "p",
            Will = new MqttMessage { Topic = "w", Payload = "x"u8.ToArray() },
        });
        using var peer = await AcceptAsync(client, answer: "20(00 00)");
        await client.WaitConnectedAsync(Token);
        peer.Connect.ShouldBe(Hex("""10(s"MQTT" 04 C6 001E s"c" s"w" s"x" s"u" s"p")"""));
        await client.StopAsync(Token);
        (await peer.ReadAsync()).ShouldBe("E000");
        (await peer.ReadAsync()).ShouldBe("", "[MQTT-3.14.4-1] [MQTT-3.14.4-2]");
    }

    [Fact]
    public async Task Client_pings_in_the_interval_that_the_server_gives()
    {
        // [MQTT-3.1.2-20] [MQTT-3.1.2-21] [MQTT-3.2.2-21]: its own wish is an hour.
        await using var client = Client(new MqttClientOptions { ClientId = "c", KeepAlive = TimeSpan.FromHours(1) });
        using var peer = await AcceptAsync(client, "20(00 00 (13 0001))");
        (await peer.ReadAsync()).ShouldBe("C000");
    }

    [Fact]
    public async Task Client_acknowledges_in_the_order_of_arrival()
    {
        // [MQTT-4.5.0-2] [MQTT-4.6.0-2]: also what its handler does not want.
        await using var client = Client(new MqttClientOptions { ClientId = "c" });
        using var peer = await AcceptAsync(client, "20(00 00 ())");
        var subscribed = client.SubscribeAsync("t", QualityOfService.AtLeastOnce, (_, _) => default, Token);
        var subscribe = await peer.ReadAsync();
        peer.Say($"90({subscribe[4..8]} () 01) 32(s\"t\" 0009 () \"1\") 32(s\"t\" 0005 () \"2\") 32(s\"t\" 0007 () \"3\")");
        await subscribed;
        string[] answers = [await peer.ReadAsync(), await peer.ReadAsync(), await peer.ReadAsync()];
        answers.ShouldBe(["40020009", "40020005", "40020007"]);
    }

    [Theory]
    [InlineData("20(02 00 ())", "[MQTT-3.2.2-1]")]
    [InlineData("30(s\"t\" () \"x\")", "[MQTT-3.2.0-1]")]
    [InlineData("20(00 00 ()) 36 00", "[MQTT-4.13.1-1] [MQTT-3.3.1-4]")]
    [InlineData("20(00 00 ()) 30(s\"\" () \"x\")", "[MQTT-4.7.3-1]")]
    [InlineData("20(00 00 ()) 20(00 00 ())", "[MQTT-3.2.0-2]")]
    public async Task Client_leaves_a_server_that_breaks_the_protocol(string said, string because)
    {
        await using var client = Client(new MqttClientOptions { ClientId = "c" });
        using var peer = await AcceptAsync(client, said);
        string last;
        do
        {
            last = await peer.ReadAsync(); // A DISCONNECT with the reason may come first.
        }
        while (last.StartsWith("E0", StringComparison.Ordinal));

        last.ShouldBe("", because);
    }

    [Fact]
    public async Task Client_sends_no_more_than_the_servers_receive_maximum_and_still_answers()
    {
        // [MQTT-3.3.4-7] [MQTT-3.3.4-8]
        await using var client = Client(new MqttClientOptions { ClientId = "c", KeepAlive = TimeSpan.FromHours(1) });
        using var peer = await AcceptAsync(client, "20(00 00 (21 0001))");
        await client.WaitConnectedAsync(Token);
        Task[] both = [.. new[] { "1", "2" }.Select(text => Task.Run(
            () => client.PublishAsync(new MqttMessage { Topic = text, QualityOfService = QualityOfService.AtLeastOnce }, Token)))];
        var first = await peer.ReadAsync();
        first.ShouldStartWith("32");
        peer.Say("32(s\"t\" 0003 () \"x\")");
        (await peer.ReadAsync()).ShouldStartWith("400", Case.Sensitive, "the second has to wait, this has not");
        peer.Say($"40({first[10..14]})");
        var second = await peer.ReadAsync();
        second.ShouldStartWith("32");
        peer.Say($"40({second[10..14]})");
        await Task.WhenAll(both);
    }

    [Fact]
    public async Task Client_keeps_to_what_the_server_offers()
    {
        // [MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-18]: QoS 0 only, nothing retained, no aliases.
        await using var client = Client(new MqttClientOptions { ClientId = "c" });
        using var peer = await AcceptAsync(client, "20(00 00 (24 00 25 00))");
        await client.WaitConnectedAsync(Token);
        var message = new MqttMessage { Topic = "t", Payload = "x"u8.ToArray() };
        (await client.PublishAsync(message with { QualityOfService = QualityOfService.AtLeastOnce }, Token)).ShouldBe(MqttReasonCode.QoSNotSupported);
        (await client.PublishAsync(message with { Retain = true }, Token)).ShouldBe(MqttReasonCode.RetainNotSupported);
        await client.PublishAsync(message, Token);
        await client.PublishAsync(message, Token);
        string[] heard = [await peer.ReadAsync(), await peer.ReadAsync()];
        heard.ShouldBe(Enumerable.Repeat(Hex("""30(s"t" () "x")"""), 2));
    }

    private MqttClient Client(MqttClientOptions options) =>
        Broker.NewClient(options with { Port = ((IPEndPoint)_server.LocalEndpoint).Port });

    private static string Hex(string script) => Convert.ToHexString([.. Sequence.Bytes(script).Select(value => (byte)value)]);

    private async Task<Peer> AcceptAsync(MqttClient client, string answer)
    {
        await client.StartAsync(Token);
        var peer = new Peer(await _server.AcceptSocketAsync(Token));
        peer.Connect = await peer.ReadAsync();
        peer.Say(answer);
        return peer;
    }

    public void Dispose() => _server.Dispose();

    private sealed class Peer(Socket socket) : IDisposable
    {
        public string Connect { get; set; } = "";

        public void Say(string script) => socket.Send(Convert.FromHexString(Hex(script)));

        /// <summary>One short packet; empty when the client has closed.</summary>
        public async Task<string> ReadAsync()
        {
            try
            {
                var header = await ReadAsync(2);
                return header.Length == 0 ? "" : Convert.ToHexString([.. header, .. await ReadAsync(header[1])]);
            }
            catch (SocketException)
            {
                return "";
            }
        }

        private async Task<byte[]> ReadAsync(int count)
        {
            var bytes = new byte[count];
            for (var have = 0; have < count;)
            {
                var received = await socket.ReceiveAsync(bytes.AsMemory(have), Token).AsTask().WaitAsync(Eventually.Patience);
                if (received == 0)
                {
                    return [];
                }

                have += received;
            }

            return bytes;
        }

        public void Dispose() => socket.Dispose();
    }
}
