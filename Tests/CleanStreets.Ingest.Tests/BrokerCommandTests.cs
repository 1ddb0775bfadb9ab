using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests;

/// <summary>The broker's command line: what it serves, and what it refuses in one sentence.</summary>
public sealed class BrokerCommandTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("broker --listen 0.0.0.0:0", "--allow-anonymous")]
    [InlineData("broker --ws 0.0.0.0:0", "--allow-anonymous")]
    [InlineData("broker --listen 0.0.0.0:0 --password-file PASSWORDS", "--allow-clear-text")]
    [InlineData("broker --tls 0.0.0.0:0 --tls-cert CERT --tls-key KEY", "--tls-ca")]
    [InlineData("broker --tls 0.0.0.0:0 --tls-cert CERT --tls-key KEY --tls-ca CA --tls-client-cert allow", "--allow-anonymous")]
    [InlineData("broker --tls 127.0.0.1:0 --tls-cert CERT", "--tls-key")]
    [InlineData("broker --tls 127.0.0.1:0 --tls-cert CERT --tls-key CERT", "Cannot use")]
    [InlineData("broker --tls 127.0.0.1:0 --tls-cert CERT --tls-key KEY --tls-ca KEY", "no root certificate")]
    [InlineData("broker --tls 127.0.0.1:0 --tls-cert CERT --tls-key KEY --tls-ca CA --crl CA", "X509 CRL")]
    [InlineData("broker --tls 127.0.0.1:0 --tls-cert CERT --tls-key KEY --crl CA", "--tls-ca")]
    [InlineData("broker --tls-cert CERT --tls-key KEY", "--tls HOST:PORT")]
    [InlineData("broker --wss nowhere", "127.0.0.1:9443")]
    [InlineData("broker --listen ::1", "[::1]:1883")]
    [InlineData("broker --tls [fd00::5]", "[fd00::5]:8883")]
    [InlineData("broker --listen 127.0.0.1", "127.0.0.1:1883")]
    [InlineData("run --data DATA --mqtt ::1", "[::1]:1883")]
    [InlineData("run --data DATA --mqtt 0.0.0.0:0", "--mqtt-tls")]
    [InlineData("run --data DATA --mqtt 127.0.0.1:0 --mqtt-tls 0.0.0.0:0 --mqtt-tls-cert CERT --mqtt-tls-key KEY", "--mqtt-tls-ca")]
    [InlineData("run --data DATA --mqtt 127.0.0.1:0 --mqtt-tls 0.0.0.0:0 --mqtt-tls-cert CERT --mqtt-tls-key KEY --mqtt-tls-ca CA", "deploy/trucks.acl")]
    [InlineData("run --data DATA --mqtt 127.0.0.1:0 --mqtt-tls 0.0.0.0:0", "--mqtt-tls-cert")]
    [InlineData("run --data DATA --mqtt-broker mqtt://127.0.0.1:9 --mqtt-acl PASSWORDS", "--mqtt-acl is for our own listener")]
    [InlineData("run --data DATA --mqtt-broker mqtt://127.0.0.1:9 --mqtt-password-file PASSWORDS", "--mqtt-password-file is for our own listener")]
    public async Task Unsafe_or_unfinished_command_line_is_refused_in_one_sentence(string arguments, string remedy)
    {
        await using var program = Start(arguments.Split(' '));
        (await program.ExitAsync(Eventually.Patience)).ShouldBe(2, program.Output);
        program.Output.ShouldContain(remedy);
        program.Output.Split(Environment.NewLine).Length.ShouldBe(1, program.Output);
    }

    [Fact]
    public async Task Broker_serves_other_machines_with_tls_and_certificates_and_takes_a_revocation_at_once()
    {
        using var client = _authority.Client("truck-1");
        var files = TestCertificates.WritePem(client, _folder.Path, "client");
        var list = _folder.Combine("crl");
        File.WriteAllText(list, _authority.Revocations());
        await using var program = Start(
            "broker", "--tls", "0.0.0.0:0", "--tls-cert", "CERT", "--tls-key", "KEY", "--tls-ca", "CA", "--crl", list, "--wss", "0.0.0.0:0", "--ws", "127.0.0.1:0");
        var ready = await program.ReadyAsync(Eventually.Patience);
        ready.ShouldContain(" ws=127.0.0.1:");
        ready.ShouldContain(" wss=0.0.0.0:");
        var port = ProductProgram.ValueOf(ready, "mqtts").Split(':')[1];
        string[] publish =
        [
            "-h", "localhost", "-p", port, "--cafile", _folder.Combine("ca.crt"), "--cert", files.Certificate, "--key", files.Key, "-i", "truck-1", "-q", "1", "-t", "a", "-m", "x",
        ];
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_pub"), "mosquitto_pub is not installed (apt-get install mosquitto-clients)");
        (await PublishAsync(publish)).ShouldBe(0);
        File.WriteAllText(list, _authority.Revocations(client));
        program.Signal(1);
        await Eventually.GetAsync("the revoked certificate is refused", async () => await PublishAsync(publish) == 0 ? null : "yes");

        // In the handshake, right after it or when it is connected: the log names it in these words.
        await Eventually.TrueAsync("the log says why", () => program.Output.Contains("the certificate of 'truck-1' has been revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broker_listens_where_it_was_told_and_nowhere_else()
    {
        await using var program = Start("broker", "--tls", "127.0.0.1:0", "--tls-cert", "CERT", "--tls-key", "KEY");
        (await program.ReadyAsync(Eventually.Patience)).ShouldNotContain(" mqtt=");
    }

    [Fact]
    public async Task Listener_beside_a_broker_is_named_and_both_are_looked_at()
    {
        await using var program = Start(
            "run", "--data", "DATA", "--mqtt-broker", "mqtt://127.0.0.1:9", "--read-api", "127.0.0.1:0", "--streets", "generated:1",
            "--mqtt-tls", "127.0.0.1:0", "--mqtt-tls-cert", "CERT", "--mqtt-tls-key", "KEY", "--mqtt-acl", RepositoryRoot.Combine("deploy", "trucks.acl"));
        var ready = await program.ReadyAsync(Eventually.Patience);
        ProductProgram.ValueOf(ready, "broker").ShouldBe("127.0.0.1:9");
        var own = ProductProgram.ValueOf(ready, "mqtts");
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(ProductProgram.ValueOf(ready, "read-api") + "/readyz"));
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("mqtt listener");
        text.ShouldContain(own);
        text.ShouldContain("mqtt broker");
        text.ShouldContain("0 of 2 connections are up");
    }

    [Fact]
    public async Task City_beyond_loopback_holds_each_truck_to_its_own_topics_and_serves_its_own_programs()
    {
        using var client = _authority.Client("truck-a");
        var files = TestCertificates.WritePem(client, _folder.Path, "client");
        await using var program = Start(
            "run", "--data", "DATA", "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:1",
            "--mqtt-tls", "0.0.0.0:0", "--mqtt-tls-cert", "CERT", "--mqtt-tls-key", "KEY", "--mqtt-tls-ca", "CA", "--mqtt-acl", RepositoryRoot.Combine("deploy", "trucks.acl"));
        var ready = await program.ReadyAsync(Eventually.Patience);
        var tls = int.Parse(ProductProgram.ValueOf(ready, "mqtts").Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        using var truck = new TlsTruck(tls, client);
        truck.Connect("truck-b").ShouldBe(0x85, "another's id");
        using var honest = new TlsTruck(tls, client);
        honest.Connect("truck-a").ShouldBe(0);
        honest.Publish("cleanstreets/v1/readings/truck-a").ShouldBe(0);
        honest.Publish("cleanstreets/v1/readings/truck-b").ShouldBe(0x87);
        honest.Publish("cleanstreets/v1/facts/s-1").ShouldBe(0x87);
        honest.Subscribe("cleanstreets/v1/acks/truck-a").ShouldBe(1);
        honest.Subscribe("cleanstreets/v1/acks/truck-b").ShouldBe(0x87);
        honest.Subscribe("cleanstreets/v1/readings/+").ShouldBe(0x87);
        await Eventually.TrueAsync("it is logged", () => program.Output.Contains("'truck-a' may not publish to 'cleanstreets/v1/readings/truck-b'", StringComparison.Ordinal));

        var local = int.Parse(ProductProgram.ValueOf(ready, "mqtt").Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await using var dashboard = new MqttClient(new MqttClientOptions { ClientId = "dashboard", Port = local }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await dashboard.StartAsync(TestContext.Current.CancellationToken);
        await dashboard.WaitConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Patience);
        (await dashboard.PublishAsync(Message("cleanstreets/v1/readings/truck-a"), TestContext.Current.CancellationToken)).ShouldBe(MqttReasonCode.NotAuthorized);
        (await dashboard.PublishAsync(Message("cleanstreets/v1/config/truck-a"), TestContext.Current.CancellationToken)).IsFailure().ShouldBeFalse();

        static MqttMessage Message(string topic) => new() { Topic = topic, Payload = "{}"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce };
    }

    private ProductProgram Start(params string[] arguments)
    {
        var server = TestCertificates.WritePem(_authority.Server(), _folder.Path, "server");
        var authority = _authority.WriteAuthority(_folder.Path);
        File.WriteAllText(_folder.Combine("passwords"), "");
        return ProductProgram.Start("Ingest/CleanStreets.Ingest", [.. arguments.Select(word => word switch
        {
            "CERT" => server.Certificate,
            "KEY" => server.Key,
            "CA" => authority,
            "PASSWORDS" => _folder.Combine("passwords"),
            "DATA" => _folder.Combine("data"),
            _ => word,
        })]);
    }

    private static async Task<int> PublishAsync(string[] arguments)
    {
        await using var publisher = ProductProgram.StartProcess("/usr/bin/mosquitto_pub", arguments);
        return await publisher.ExitAsync(Eventually.Patience);
    }
}
