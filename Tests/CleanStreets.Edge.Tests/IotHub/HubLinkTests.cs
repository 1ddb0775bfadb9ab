using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.IotHub.Provisioning;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Testing;
using CleanStreets.Testing.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.IotHub;

/// <summary>A truck's link on the stand-in hub: tokens, refusals, other connections, throttling.</summary>
public sealed class HubLinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Tokens_are_renewed_while_readings_go_and_nothing_is_lost_or_sent_twice()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        await using var truck = HubTruck.Open(_folder.Path, hub, HubTruck.Options(hub, _certificates) with { TokenLife = TimeSpan.FromSeconds(10) });
        var taken = 0;
        await Eventually.TrueAsync("the token was renewed twice", async () =>
        {
            await truck.TakeAsync(7);
            taken += 7;
            return hub.Connects.Count >= 3;
        });
        await truck.StoredAsync();
        var arrived = HubTruck.Arrived(hub.Devices[SendingTruck.Id]);
        HubTruck.ShouldBeEach(arrived, "s-1", taken);
        if (hub.TokensEnded == 0)
        {
            arrived.Count.ShouldBe(taken, "a renewal between two batches repeats none");
        }

        hub.Connects.ShouldAllBe(connect => connect.Refused == null);
        hub.Violations.ShouldBeEmpty();
        hub.ServerNames.ShouldAllBe(name => name == hub.Host);
        truck.Spool.Stored.ShouldBe(taken);
    }

    [Fact]
    public async Task Token_that_ends_early_by_the_hubs_clock_drops_the_link_and_the_next_goes_by_that_clock()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        using var log = new LineLoggers();
        await using var truck = HubTruck.Open(_folder.Path, hub, HubTruck.Options(hub, _certificates), loggers: log);
        await truck.TakeAsync(10);
        await truck.StoredAsync();

        hub.ClockAhead = TimeSpan.FromHours(2);
        await Eventually.TrueAsync("the hub drops the link", () => hub.TokensEnded == 1);
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 20);
        hub.Connects.Count(connect => connect.Refused is not null).ShouldBe(1, "one refusal, then the hub's own time");
        log.Lines.ShouldContain(line => line.Contains("By the hub's clock ours is -7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Device_that_is_refused_waits_says_it_once_and_loses_nothing()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        using var log = new LineLoggers();
        var options = HubTruck.Options(hub, _certificates);
        hub.Devices[SendingTruck.Id].IsEnabled = false;
        var began = TimeProvider.System.GetTimestamp();
        await using var truck = HubTruck.Open(_folder.Path, hub, options, loggers: log);
        await truck.TakeAsync(30);
        await Eventually.TrueAsync("it was refused three times", () => hub.Connects.Count >= 3);
        var atLeast = 2 * 0.75 * options.RefusedPause;
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(atLeast * 0.9, "a refusal is waited out, not hammered");
        log.Lines.Count(line => line.Contains("the clock is not the reason", StringComparison.Ordinal)).ShouldBe(1);
        truck.Link.Unstored.ShouldBe(30);

        hub.Devices[SendingTruck.Id].IsEnabled = true;
        await truck.StoredAsync();
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 30);
    }

    [Fact]
    public async Task Another_connection_of_the_same_device_takes_the_link_away_and_nothing_is_lost()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var options = HubTruck.Options(hub, _certificates);
        await using var truck = HubTruck.Open(_folder.Path, hub, options);
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        var before = hub.Connects.Count;
        await using (var other = new MqttClient(Connection(hub, options.Secret) with { ReconnectMinDelay = TimeSpan.FromMinutes(1), ReconnectMaxDelay = TimeSpan.FromMinutes(1) }, TimeProvider.System, NullLogger<MqttClient>.Instance))
        {
            await other.StartAsync(Token);
            await truck.TakeAsync(40);
            await Eventually.TrueAsync("the other one came and the truck came back", () => hub.Connects.Count >= before + 2);
            await truck.StoredAsync();
        }

        await Eventually.TrueAsync("one connection is left", () => hub.ConnectionsOf(SendingTruck.Id) == 1);
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 50);
    }

    [Fact]
    public async Task Throttled_hub_is_waited_for_and_gets_nothing_twice()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        hub.Add(SendingTruck.Id);
        hub.Throttle(3);
        hub.IsHoldingBack = true;
        await using var truck = HubTruck.Open(_folder.Path, hub, HubTruck.Options(hub, _certificates), change: publish => publish with { MarkPatience = TimeSpan.FromMilliseconds(50), BatchAge = TimeSpan.FromHours(1) });
        await truck.TakeAsync(60); // Three full batches: none goes before it is.
        await Eventually.TrueAsync("one batch has come, and twin requests were refused", () => HubTruck.Arrived(hub.Devices[SendingTruck.Id]).Count == 20 && hub.ThrottledAnswers == 3);
        truck.Link.Unstored.ShouldBe(60, "without its PUBACK nothing counts as stored");
        hub.Acknowledge();
        await truck.StoredAsync();
        HubTruck.Arrived(hub.Devices[SendingTruck.Id]).Select(reading => reading.Sequence).ShouldBe(Enumerable.Range(1, 60).Select(i => (long)i));
        await Eventually.TrueAsync("the status is reported all the same", () => hub.Devices[SendingTruck.Id].Reported["status"]?["state"]?.GetValue<string>() == "ready");
    }

    [Fact]
    public async Task Certificate_takes_the_place_of_the_key()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var certificate = _certificates.Client(SendingTruck.Id);
        hub.Add(SendingTruck.Id).Thumbprint = certificate.Thumbprint;
        var (file, key) = TestCertificates.WritePem(certificate, _folder.Path, "box");
        await using var truck = HubTruck.Open(_folder.Path, hub, HubTruck.Options(hub, _certificates, new DeviceSecret { CertificateFile = file, KeyFile = key }));
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 10);
        hub.Connects.ShouldAllBe(connect => connect.Refused == null);
    }

    [Fact]
    public async Task Hub_is_reached_inside_a_web_socket_where_the_network_lets_nothing_else_through()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var options = HubTruck.Options(hub, _certificates);
        await using var truck = HubTruck.Open(_folder.Path, hub, options with { Endpoint = options.Endpoint with { IsWebSocket = true, Port = 1 } });
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 10);
        hub.WebSockets.ShouldBe(["/$iothub/websocket?iothub-no-client-cert=true"]);
        hub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Marks_arrive_as_messages_where_a_puback_is_not_enough()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        await using var truck = HubTruck.Open(_folder.Path, hub, HubTruck.Options(hub, _certificates) with { AcceptedIsStored = false }, change: publish => publish with { MarkPatience = TimeSpan.FromMinutes(5) });
        await truck.TakeAsync(30);
        await Eventually.TrueAsync("all arrived", () => HubTruck.Arrived(hub.Devices[SendingTruck.Id]).Count == 30);
        truck.Link.Unstored.ShouldBe(30);
        await hub.SendAsync(SendingTruck.Id, "hello");
        await hub.SendAsync(SendingTruck.Id, """{"sessions":[{"sessionId":"s-1","storedThrough":12}]}""");
        await Eventually.TrueAsync("the mark was taken", () => truck.Link.Unstored == 18);
        await hub.SendAsync(SendingTruck.Id, """{"sessions":[{"sessionId":"s-1","storedThrough":30}]}""");
        await truck.StoredAsync();
        hub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_fill_pieces_of_4_kb_and_backlog_goes_in_larger_ones()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        hub.Add(SendingTruck.Id).IsEnabled = false;
        var options = HubTruck.Options(hub, _certificates) with { RefusedPause = TimeSpan.FromMilliseconds(200) };
        PublishSizes(out var change);
        await using (var before = HubTruck.Open(_folder.Path, hub, options, "s-old", change: change))
        {
            await before.TakeAsync(3000);
        }

        await using var truck = HubTruck.Open(_folder.Path, hub, options, "s-new", change: change);
        await truck.TakeAsync(500);
        hub.Devices[SendingTruck.Id].IsEnabled = true; // Once all wait: what comes one by one may go in small pieces.
        await truck.StoredAsync();
        var device = hub.Devices[SendingTruck.Id];
        HubTruck.ShouldBeEach(HubTruck.Arrived(device), "s-old", 3000);
        HubTruck.ShouldBeEach(HubTruck.Arrived(device), "s-new", 500);
        var sizes = device.Telemetry.Where(message => message.Properties.ContainsKey("$.mid")).ToLookup(message => message.Properties["$.mid"]!.Split('.')[0], message => message.Body.Length);
        sizes["s-new"].ShouldAllBe(size => size <= 4096);
        sizes["s-old"].ShouldAllBe(size => size <= 16 * 4096);
        sizes["s-old"].Max().ShouldBeGreaterThan(15 * 4096, "a piece is paid whole");
        sizes["s-new"].Max().ShouldBeGreaterThan(3500);
    }

    [Fact]
    public async Task Device_that_was_moved_to_another_hub_finds_it_by_the_provisioning_service()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        hub.ProvisioningThrottled = 1;
        var secret = new DeviceSecret { Key = SharedAccessSignature.DeriveDeviceKey(hub.GroupKey, SendingTruck.Id) };
        var options = HubTruck.Options(hub, _certificates, secret) with { RefusedPause = TimeSpan.FromMilliseconds(300) };
        var assignment = Provisioned(hub, options, secret);
        await using var truck = HubTruck.Open(_folder.Path, hub, options, assignment: assignment);
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        File.ReadAllText(_folder.Combine("hub.assignment")).ShouldContain("city.azure-devices.net");

        var before = hub.Connects.Count;
        hub.Host = "other.azure-devices.net"; // The old one knows the device no longer.
        hub.Drop(SendingTruck.Id);
        await truck.TakeAsync(10);
        await truck.StoredAsync();
        HubTruck.ShouldBeEach(HubTruck.Arrived(hub.Devices[SendingTruck.Id]), "s-1", 20);
        File.ReadAllText(_folder.Combine("hub.assignment")).ShouldContain("other.azure-devices.net");
        hub.Connects.Skip(before).Count(connect => connect.Refused is not null).ShouldBeInRange(3, 5, "a few refusals, then the service is asked");
        hub.Violations.ShouldBeEmpty();
    }

    private ProvisionedAssignment Provisioned(StandInHub hub, HubOptions options, DeviceSecret secret) => new(
        new ProvisioningOptions
        {
            Endpoint = options.Endpoint with { Host = hub.ProvisioningHost },
            IdScope = hub.IdScope,
            RegistrationId = SendingTruck.Id,
            Secret = secret,
            DeviceId = SendingTruck.Id,
            AssignmentFile = _folder.Combine("hub.assignment"),
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private static void PublishSizes(out Func<PublishOptions, PublishOptions> change) =>
        change = publish => publish with { BatchReadings = 1000, LeftoverBatchReadings = 4000, BatchBytes = 4096, LeftoverBatchBytes = 16 * 4096 };

    private MqttClientOptions Connection(StandInHub hub, DeviceSecret secret) => new()
    {
        Host = "127.0.0.1",
        Port = hub.Port,
        ProtocolVersion = MqttProtocolVersion.V311,
        ClientId = SendingTruck.Id,
        UserName = $"{hub.Host}/{SendingTruck.Id}/?api-version=2021-04-12",
        Password = SharedAccessSignature.Create($"{hub.Host}/devices/{SendingTruck.Id}", secret.Key!, TimeProvider.System.GetUtcNow().AddHours(1)),
        Tls = new MqttClientTlsOptions { ServerName = hub.Host, TrustedRoots = [_certificates.Authority] },
    };
}
