using System.Text;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>The HTTP request that opens a WebSocket, word by word.</summary>
public sealed class UpgradeTests
{
    public const string Good = "GET /mqtt HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, mqtt";

    [Fact]
    public void Sample_of_the_specification_gets_its_accept_key() =>
        Judge(Good).ShouldBe(new UpgradeAnswer(101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")); // RFC 6455 §1.3

    [Theory]
    [InlineData("GET /mqtt HTTP/1.1", "POST /mqtt HTTP/1.1", 405)]
    [InlineData("GET /mqtt HTTP/1.1", "GET /mqtt HTTP/1.0", 400)]
    [InlineData("GET /mqtt HTTP/1.1", "GET  /mqtt HTTP/1.1", 400)]
    [InlineData("/mqtt", "/mqtt/", 404)]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", 426)]
    [InlineData("keep-alive, Upgrade", "keep-alive", 426)]
    [InlineData("Version: 13", "Version: 8", 426)]
    [InlineData("chat, mqtt", "chat, MQTT", 400)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==", 400)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400)]
    [InlineData("Host: localhost:9001\r\n", "", 403)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\r\nHost: evil", 400)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\r\nContent-Length: 5", 400)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\r\nTransfer-Encoding: chunked", 400)]
    [InlineData("Host: localhost:9001", "Host : localhost:9001", 400)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\r\n folded", 400)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\nX: y", 400)]
    [InlineData("Host: localhost:9001", "Host: localhost:9001\r\nOrigin: http://localhost", 101)]
    [InlineData("Host: localhost:9001", "Host: evil.example:9001\r\nOrigin: http://evil.example:9001", 403)]
    public void Each_rule_of_the_request_is_kept(string instead, string of, int status) => Judge(Good.Replace(instead, of, StringComparison.Ordinal)).Status.ShouldBe(status);

    [Theory]
    [InlineData("192.0.2.7", "http://192.0.2.7:8080", 101)]
    [InlineData("[2001:db8::7]", "http://[2001:db8::7]", 101)]
    [InlineData("localhost", "http://localhost", 101)]
    [InlineData("192.0.2.7", "http://192.0.2.8", 403)]
    [InlineData("192.0.2.7", "http://city.example", 403)]
    [InlineData("evil.example", "http://evil.example", 403)] // Its owner may let it mean any address.
    [InlineData("city.example", "https://city.example", 101)]
    public void Page_of_the_same_address_may_connect_when_other_machines_can_and_of_a_name_when_it_is_listed(string host, string origin, int status) =>
        new WebSocketUpgrade(new MqttListenerOptions { WebSocketOrigins = ["https://city.example"] }, onLoopback: false)
            .Judge(Bytes(Good.Replace("Host: localhost:9001", $"Host: {host}:9001\r\nOrigin: {origin}", StringComparison.Ordinal))).Status.ShouldBe(status);

    [Fact]
    public void Random_requests_never_throw_and_are_never_accepted_by_accident()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var head = Bytes(Good);
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                head[random.Next(head.Length)] = (byte)random.Next(256);
            }

            var upgrade = new WebSocketUpgrade(new MqttListenerOptions(), onLoopback: true);
            var answer = Should.NotThrow(() => upgrade.Judge(head), $"seed {seed}");
            answer.ToBytes().ShouldNotBeEmpty();
            if (answer.IsAccepted)
            {
                Encoding.Latin1.GetString(head).ShouldStartWith("GET /mqtt HTTP/1.1\r\n", customMessage: $"seed {seed}");
            }
        }
    }

    private static UpgradeAnswer Judge(string head) => new WebSocketUpgrade(new MqttListenerOptions(), onLoopback: true).Judge(Bytes(head));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
