using System.Globalization;
using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.IotHub.Provisioning;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Doctor;

/// <summary>Looks at the way to the city's IoT hub: name, encryption, clocks, and whether the hub takes this box.</summary>
internal static class HubChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40); // The provisioning service takes its time.

    /// <summary>A line each for dns, tls, skew and hub.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> AllAsync(EdgeSettings settings, IotHubSettings hub, TimeProvider time, CancellationToken stop)
    {
        IHubAssignment assignment;
        DeviceSecret secret;
        HubEndpoint endpoint;
        try
        {
            (assignment, secret, endpoint) = HubSetup.Of(settings.TruckId, hub, settings.Data, time, NullLoggerFactory.Instance);
        }
        catch (SettingsException ex)
        {
            return [Diagnosis.Fail("hub", ex.Message, "mend the named file, and make it readable for this user")];
        }

        if (hub.Provisioning is { } service)
        {
            endpoint = endpoint with { Host = service.Host, Address = service.Address, Port = service.Port, HttpsPort = service.HttpsPort }; // The hub's name comes from there.
        }

        var dns = LinkChecks.DnsAsync(endpoint.Address ?? endpoint.Host, endpoint.Address is null ? "the hub's name" : "iotHub.address", time, stop);
        var mqtt = endpoint.Connection(secret);
        var tls = LinkChecks.TlsAsync(
            mqtt.Host, mqtt.Port, mqtt.Tls!, "check the clock first, then iotHub.rootsFile, and whether the network lets port 8883 through (if not: iotHub.webSocket)", time, stop);
        var skew = SkewAsync(endpoint, time, stop);
        return [await dns, await tls, await skew, await HubAsync(settings, hub, assignment, secret, time, stop)];
    }

    private static async Task<Diagnosis> SkewAsync(HubEndpoint endpoint, TimeProvider time, CancellationToken stop)
    {
        var ahead = await new ServerClock(endpoint, time).AskAsync(stop);
        return ahead is not { } difference
            ? Diagnosis.Fail("skew", $"{endpoint.Host} does not say its time over HTTPS", "let the network pass HTTPS; without it a wrong clock is not noticed when the hub refuses tokens")
            : difference.Duration() < ServerClock.Tolerance
                ? Diagnosis.Ok("skew", string.Create(CultureInfo.InvariantCulture, $"our clock is {difference.TotalSeconds:0.#} s ahead of {endpoint.Host}"))
                : Diagnosis.Fail("skew", string.Create(CultureInfo.InvariantCulture, $"our clock is {difference.TotalSeconds:0} s ahead of {endpoint.Host}"), "let chrony take the time from gpsd or the network; tokens follow the hub's clock meanwhile, certificates do not");
    }

    private static async Task<Diagnosis> HubAsync(EdgeSettings settings, IotHubSettings hub, IHubAssignment assignment, DeviceSecret secret, TimeProvider time, CancellationToken stop)
    {
        if (AgentLock.IsHeld(settings.Data))
        {
            return Diagnosis.Unused("hub", "the agent runs, and a device has one connection: its log and its twin say how it is. Stop it to check here");
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        enough.CancelAfter(Patience);
        var reason = "no answer";
        var name = "the hub";
        try
        {
            var identity = await assignment.GetAsync(why => Volatile.Write(ref reason, why), enough.Token);
            name = identity.Host;
            var endpoint = new HubEndpoint { Host = identity.Host, Address = hub.Address, Port = hub.Port, HttpsPort = hub.HttpsPort, IsWebSocket = hub.WebSocket, Roots = hub.RootsFile is { } roots ? Mqtt.Client.Transport.CertificateFiles.Roots(roots) : null };
            var clock = new ServerClock(endpoint, time);
            _ = await clock.AskAsync(enough.Token);
            var tokens = new HubTokens(identity.UserName, identity.Resource, policy: null, secret, TimeSpan.FromSeconds(hub.TokenSeconds), clock, time);
            var options = endpoint.Connection(secret) with { ClientId = identity.DeviceId, CleanStart = false, Credentials = _ => ValueTask.FromResult(tokens.Next()) };
            await using var client = new MqttClient(options, time, NullLogger<MqttClient>.Instance);
            client.ConnectionChanged += change => Volatile.Write(ref reason, change.Detail);
            await client.StartAsync(enough.Token);
            await client.WaitConnectedAsync(enough.Token).WaitAsync(TimeSpan.FromSeconds(10), time, enough.Token);
            return Diagnosis.Ok("hub", $"{identity.Host} takes device {identity.DeviceId} by its {(secret.Key is null ? "certificate" : "key")}");
        }
        catch (Exception ex) when (ex is TimeoutException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return Diagnosis.Fail("hub", $"{name} does not take this box ({Volatile.Read(ref reason)})", "check that the device is registered and enabled, its key or certificate, and the lines above");
        }
    }
}
