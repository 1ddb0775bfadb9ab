using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Receive;

public sealed class BrokerTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";

    private MosquittoServer? _broker;
    private IngestBench? _bench;

    [Theory]
    [InlineData("5.0", 2)]
    [InlineData("3.1.1", 1)]
    public async Task Connections_share_what_the_broker_delivers_and_bad_input_meets_its_fate(string version, int connections)
    {
        await StartAsync(("Version", version));
        await ConnectedAsync(connections);
        var client = await _bench!.ConnectAsync("truck-1");
        for (var i = 1; i <= 300; i++)
        {
            var payload = i % 10 == 0 ? "not a batch" : EventBodies.Readings("truck-1", i % 7 == 0 ? 1 : i);
            await IngestBench.PublishAsync(client, i % 25 == 0 ? "cleanstreets/v1/facts/nowhere" : Topic, Encoding.UTF8.GetBytes(payload));
        }

        await Eventually.TrueAsync("all is received", () => _bench.Pipeline.Receivers.Broker!.Receiver.Messages == 300);
        await _bench.SettledAsync();
        await Eventually.TrueAsync("all is acknowledged", () => Sum() == 300);
        var status = await _bench.StatusAsync();
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
        var census = _bench.Census();
        (census.Accepted, census.AcceptedTwice).ShouldBe((Enumerable.Range(1, 300).Count(i => i % 10 != 0 && i % 25 != 0 && i % 7 != 0), 0));
        _bench.Pipeline.Receivers.Broker!.Connections.ShouldBe((connections, connections));
    }

    [Fact]
    public async Task RabbitMQ_delivers_without_shared_subscriptions()
    {
        await using var rabbit = await RabbitMqServer.StartAsync();
        _bench = new IngestBench(($"{BrokerOptions.Section}:Version", "3.1.1"))
        {
            Broker = new BrokerAddress("127.0.0.1", rabbit.Port, Encrypted: false, User: null),
            Protocol = MqttProtocolVersion.V311,
        };
        await _bench.StartAsync();
        await ConnectedAsync(1);
        var client = await _bench.ConnectAsync("truck-1");
        for (var i = 1; i <= 50; i++)
        {
            await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", i)));
        }

        await Eventually.TrueAsync("all is accepted", () => _bench.Census().Accepted == 50);
        _bench.Census().AcceptedTwice.ShouldBe(0);
        await Eventually.TrueAsync("the mark is out", () => _bench.Pipeline.Receivers.Broker!.Outlet.Waiting == 0);
    }

    [Fact]
    public async Task What_came_while_ingest_was_down_waits_at_the_broker()
    {
        await StartAsync();
        await ConnectedAsync(2);
        await _bench!.StopAsync();
        var client = await _bench.ConnectAsync("truck-1");
        for (var i = 1; i <= 20; i++)
        {
            await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", i)));
        }

        await _bench.StartAsync();
        await Eventually.TrueAsync("all of it is taken", () => _bench.Census().Accepted == 20);
        _bench.Census().AcceptedTwice.ShouldBe(0);
    }

    [Fact]
    public async Task Broker_that_forgot_marks_and_scores_gets_them_again()
    {
        await StartAsync();
        await ConnectedAsync(2);
        var drive = new Drive(_bench!.Network, "truck-1", "s-1", seed: 2, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(25);
        var client = await _bench.ConnectAsync("truck-1");
        foreach (var batch in drive.Batches(20))
        {
            await IngestBench.PublishAsync(client, Topic, batch);
        }

        await Eventually.TrueAsync("all of it is taken", () => _bench.Census().Accepted == drive.Count);
        await _bench.SettledAsync();
        var seen = (await _bench.ScoresAsync()).Count(score => score.State == ScoreState.Seen);
        seen.ShouldBeGreaterThan(5);

        await _broker!.KillAsync();
        Readiness.Of(_bench.Pipeline, TimeProvider.System).ShouldNotBeNull();
        await Eventually.TrueAsync("that the broker is away is said", () => !Readiness.Of(_bench.Pipeline, TimeProvider.System).Ready);
        await _broker.StartAgainAsync();
        await ConnectedAsync(2);

        var heard = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var viewer = await _bench.ConnectAsync("viewer");
        await viewer.SubscribeAsync("cleanstreets/#", QualityOfService.AtLeastOnce, (message, _) =>
        {
            heard[message.Topic] = Encoding.UTF8.GetString(message.Payload.Span);
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("every score is there again", () => heard.Keys.Count(topic => topic.Contains("/scores/", StringComparison.Ordinal)) >= seen);
        await Eventually.TrueAsync("the mark is there again", () => heard.TryGetValue(Topics.Default.Acks(TruckId.Parse("truck-1")), out var mark) &&
            mark.Contains($"\"storedThrough\":{drive.Count}", StringComparison.Ordinal));
        _bench.Pipeline.Receivers.Broker!.Lost.ShouldBe(2);
    }

    [Fact]
    public async Task Broker_with_certificates_and_passwords_is_reached_by_who_has_them()
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestCertificates();
        var (server, serverKey) = TestCertificates.WritePem(authority.Server(), folder.Path, "server");
        var (client, clientKey) = TestCertificates.WritePem(authority.Client("ingest"), folder.Path, "client");
        var roots = authority.WriteAuthority(folder.Path);
        await File.WriteAllTextAsync(folder.Combine("password"), "right\n");

        // Mosquitto's own form of a password: $7$ iterations $ salt $ PBKDF2 with SHA-512.
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        var hash = Rfc2898DeriveBytes.Pbkdf2("right", salt, 101, HashAlgorithmName.SHA512, 64);
        await File.WriteAllTextAsync(folder.Combine("users"), $"ingest:$7$101${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}\n");
        _broker = await MosquittoServer.StartAsync(
            $"cafile {roots}", $"certfile {server}", $"keyfile {serverKey}", "require_certificate true", "allow_anonymous false", $"password_file {folder.Combine("users")}");
        _bench = new IngestBench(
            ($"{BrokerOptions.Section}:PasswordFile", folder.Combine("password")),
            ($"{BrokerOptions.Section}:TrustedRootsFile", roots),
            ($"{BrokerOptions.Section}:CertificateFile", client),
            ($"{BrokerOptions.Section}:CertificateKeyFile", clientKey))
        {
            Broker = new BrokerAddress("localhost", _broker.Port, Encrypted: true, "ingest"),
        };
        await _bench.StartAsync();
        await ConnectedAsync(2);
    }

    [Fact]
    public async Task Mark_that_the_broker_refused_is_there_once_it_is_allowed_though_nothing_more_comes()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Combine("acl");
        await File.WriteAllTextAsync(rules, "topic readwrite cleanstreets/v1/readings/#\ntopic read cleanstreets/#\n");
        _broker = await MosquittoServer.StartAsync($"acl_file {rules}");
        _bench = new IngestBench(($"{BrokerOptions.Section}:RefusedPause", "00:00:00.200"))
        {
            Broker = new BrokerAddress("127.0.0.1", _broker.Port, Encrypted: false, User: null),
        };
        await _bench.StartAsync();
        await ConnectedAsync(2);
        var heard = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var client = await _bench.ConnectAsync("truck-1");
        await client.SubscribeAsync("cleanstreets/v1/acks/+", QualityOfService.AtLeastOnce, (message, _) =>
        {
            heard[message.Topic] = Encoding.UTF8.GetString(message.Payload.Span);
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 2, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Standing(40);
        await IngestBench.PublishAsync(client, Topic, drive.Batch(0, 40));
        var outlet = _bench.Pipeline.Receivers.Broker!.Outlet;
        await Eventually.TrueAsync("the mark is refused", () => _bench.Census().Accepted == 40 && outlet.Waiting == 1 && outlet.Refused > 1);
        heard.ShouldBeEmpty();

        await File.WriteAllTextAsync(rules, "topic readwrite cleanstreets/#\n");
        _broker.Reload();

        await Eventually.TrueAsync("the mark is heard", () => heard.TryGetValue(Topics.Default.Acks(TruckId.Parse("truck-1")), out var mark) &&
            mark.Contains("\"storedThrough\":40", StringComparison.Ordinal));
        await Eventually.TrueAsync("nothing waits", () => outlet.Waiting == 0);
    }

    [Fact]
    public async Task Broker_that_is_away_holds_up_nothing_and_costs_one_message_a_topic()
    {
        _bench = new IngestBench { Broker = new BrokerAddress("127.0.0.1", FreePort.Next(), Encrypted: false, User: null) };
        await _bench.StartAsync();
        for (var i = 0; i < 10_000; i++)
        {
            await _bench.Pipeline.Receivers.PublishAsync(new MqttMessage { Topic = $"t/{i % 100}", Payload = new byte[] { 1 }, Retain = true });
        }

        _bench.Pipeline.Receivers.Broker!.Outlet.Waiting.ShouldBe(100);
        (await _bench.StatusAsync()).Ready.ShouldBeTrue("scores are recovered all the same");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private async Task StartAsync(params (string Name, string Value)[] settings)
    {
        _broker = await MosquittoServer.StartAsync();
        _bench = new IngestBench([.. settings.Select(setting => ($"{BrokerOptions.Section}:{setting.Name}", setting.Value))])
        {
            Broker = new BrokerAddress("127.0.0.1", _broker.Port, Encrypted: false, User: null),
        };
        await _bench.StartAsync();
    }

    private Task ConnectedAsync(int connections) =>
        Eventually.TrueAsync("all connections are up", () => _bench!.Pipeline.Receivers.Broker!.Connections.Connected == connections);

    private long Sum() => _bench!.Pipeline.Fates.Accepted + _bench.Pipeline.Fates.Duplicates + _bench.Pipeline.Fates.Quarantined;
}
