using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Testing.IotHub;

/// <summary>Stands in for Azure IoT Hub and its provisioning service: our own listener, behind a gate that enforces what they ask of a client.</summary>
/// <remarks>
/// The gate (<see cref="HubGate"/>) speaks TLS, judges CONNECT, tokens and certificates, topics, filters and sizes, and closes the socket for whatever the hub would close it for. It also renames
/// topics that begin with <c>$</c>, which our listener keeps for itself, so that each device has its own. Sessions, delivery, keep-alive and the one connection of a device are the listener's.
/// What the hub answers (twin, methods, provisioning) is done here, by the listener's hook.
/// </remarks>
public sealed class StandInHub : IPublishHook, IAsyncDisposable
{
    private readonly ConcurrentQueue<PublishToken> _heldBack = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Status, string Body)>> _methods = [];
    private readonly ConcurrentDictionary<string, int> _asked = [];
    private readonly MqttListener _listener;
    private readonly HubGate _gate;
    private readonly CancellationTokenSource _stop = new();
    private int _lastMethod;
    private int _throttled;

    private StandInHub(TestCertificates certificates)
    {
        _listener = new MqttListener(
            new MqttListenerOptions { Endpoints = [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, 0))] }, this, TimeProvider.System, new ListenerLines(Log));
        _gate = new HubGate(this, certificates.Server(Host, ProvisioningHost, "other.azure-devices.net"));
    }

    public string Host { get; set; } = "city.azure-devices.net";

    public string ProvisioningHost => "global.azure-devices-provisioning.net";

    public string IdScope => "0ne00CAFE00";

    /// <summary>Key of the enrollment group.</summary>
    public byte[] GroupKey { get; } = RandomNumberGenerator.GetBytes(48);

    /// <summary>Which device a registration becomes. Default: of the same name.</summary>
    public Func<string, string> DeviceOf { get; set; } = box => box;

    /// <summary>Thumbprints of the certificates that boxes showed to the provisioning service.</summary>
    public ConcurrentDictionary<string, string> ShownAtProvisioning { get; } = new(StringComparer.Ordinal);

    /// <summary>What the provisioning service says in the end. Default: assigned.</summary>
    public string ProvisioningStatus { get; set; } = "assigned";

    /// <summary>How many more questions to the provisioning service are answered with 429.</summary>
    public int ProvisioningThrottled { get; set; }

    public ConcurrentDictionary<string, HubDevice> Devices { get; } = [];

    /// <summary>Where MQTT is spoken.</summary>
    public int Port => _gate.Port;

    /// <summary>Paths of the WebSockets that were opened.</summary>
    public ConcurrentQueue<string> WebSockets { get; } = [];

    /// <summary>Where HTTPS is spoken: MQTT in a WebSocket, and otherwise 401 with the hub's time.</summary>
    public int HttpsPort => _gate.HttpsPort;

    /// <summary>How far the hub's clock is ahead of this machine's.</summary>
    public TimeSpan ClockAhead { get; set; }

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + ClockAhead;

    /// <summary>What came in, of all devices, as a route to Event Grid would take it.</summary>
    public ConcurrentQueue<HubMessage> Routed { get; } = [];

    /// <summary>Every CONNECT: the name, and why it was refused or null.</summary>
    public ConcurrentQueue<(string Name, string? Refused)> Connects { get; } = [];

    /// <summary>Every socket closed because of what its client did after CONNECT.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>What the listener behind the gate says.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Links ended because their token ended.</summary>
    public int TokensEnded => _gate.TokensEnded;

    /// <summary>Names that TLS was asked for.</summary>
    public ConcurrentQueue<string> ServerNames { get; } = [];

    /// <summary>Twin requests answered with 429 so far.</summary>
    public int ThrottledAnswers { get; private set; }

    internal int ListenerPort => _listener.LocalEndpoint.Port;

    /// <summary>PUBACKs are kept back until <see cref="Acknowledge"/>: what a throttled hub does.</summary>
    public bool IsHoldingBack { get; set; }

    public static async Task<StandInHub> StartAsync(TestCertificates certificates)
    {
        var hub = new StandInHub(certificates);
        await hub._listener.StartAsync(CancellationToken.None);
        hub._gate.Start();
        return hub;
    }

    public HubDevice Add(string id) => Devices.GetOrAdd(id, name => new HubDevice(name));

    public string ConnectionString(string device) => $"HostName={Host};DeviceId={device};SharedAccessKey={Convert.ToBase64String(Devices[device].Key)}";

    /// <summary>The next so many twin requests are answered with 429.</summary>
    public void Throttle(int requests) => Volatile.Write(ref _throttled, requests);

    /// <summary>Gives the PUBACKs that were kept back.</summary>
    public void Acknowledge()
    {
        IsHoldingBack = false;
        while (_heldBack.TryDequeue(out var token))
        {
            _listener.Acknowledge([token]);
        }
    }

    /// <summary>Ends a device's connection, as a hub that moves to another machine does.</summary>
    public void Drop(string device) => _gate.Drop(device);

    /// <summary>How many connections a device has at the gate.</summary>
    public int ConnectionsOf(string device) => _gate.ConnectionsOf(device);

    /// <summary>Changes desired properties and tells the device if it is there.</summary>
    public void Desire(string device, string patch, bool isTold = true)
    {
        var (version, told) = Devices[device].Desire(JsonNode.Parse(patch)!.AsObject());
        if (isTold)
        {
            Tell(device, $"twin/PATCH/properties/desired/?$version={version}", Encoding.UTF8.GetBytes(told));
        }
    }

    /// <summary>Calls a direct method and waits for the device's answer.</summary>
    public async Task<(int Status, string Body)> InvokeAsync(string device, string method, string payload = "")
    {
        var request = "b" + Interlocked.Increment(ref _lastMethod).ToString("x4", CultureInfo.InvariantCulture) + "-Fe"; // Not a number, and its case matters.
        var answer = _methods[request] = new TaskCompletionSource<(int, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(device, $"methods/POST/{method}/?$rid={request}", Encoding.UTF8.GetBytes(payload));
        return await answer.Task.WaitAsync(Eventually.Patience);
    }

    /// <summary>Sends a message to a device; it waits while the device is away.</summary>
    public Task SendAsync(string device, string payload) => _listener.PublishAsync(
        new MqttMessage { Topic = $"devices/{device}/messages/devicebound/$.to=%2Fdevices%2F{device}", Payload = Encoding.UTF8.GetBytes(payload), QualityOfService = QualityOfService.AtLeastOnce },
        CancellationToken.None).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _gate.DisposeAsync();
        await _listener.DisposeAsync();
        await _listener.Completion;
        _stop.Dispose();
    }

    bool IPublishHook.Claims(ReadOnlySpan<byte> topic) => true;

    void IPublishHook.OnTurnEnd()
    {
        // Nothing is collected over a turn.
    }

    HookResult IPublishHook.OnPublish(in BorrowedPublish publish, PublishToken token)
    {
        var topic = Encoding.UTF8.GetString(publish.Topic);
        var parts = topic.Split('/', 3);
        switch (parts[0])
        {
            case "devices":
                TakeTelemetry(parts[1], topic, publish.Payload.ToArray(), isWill: token == default);
                break;
            case "iothub":
                Answer(parts[1], parts[2], publish.Payload.ToArray());
                break;
            default:
                AnswerProvisioning(parts[1], parts[2]);
                break;
        }

        if (IsHoldingBack && parts[0] == "devices")
        {
            _heldBack.Enqueue(token);
        }
        else
        {
            _listener.Acknowledge([token]);
        }

        return HookResult.Taken;
    }

    private void TakeTelemetry(string device, string topic, byte[] body, bool isWill)
    {
        var bag = topic[$"devices/{device}/messages/events/".Length..].TrimEnd('/');
        var properties = bag.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2))
            .ToDictionary(part => Uri.UnescapeDataString(part[0]), part => part.Length > 1 ? Uri.UnescapeDataString(part[1]) : null);
        if (isWill)
        {
            properties["iothub-MessageType"] = "Will";
        }

        var message = new HubMessage(device, body, properties);
        Devices[device].Telemetry.Enqueue(message);
        Routed.Enqueue(message);
    }

    private void Answer(string device, string rest, byte[] body)
    {
        var request = rest[(rest.IndexOf("$rid=", StringComparison.Ordinal) + 5)..];
        if (rest.StartsWith("methods/res/", StringComparison.Ordinal))
        {
            if (_methods.TryRemove(request, out var waiting))
            {
                waiting.TrySetResult((int.Parse(rest.Split('/')[2], CultureInfo.InvariantCulture), Encoding.UTF8.GetString(body)));
            }
        }
        else if (Volatile.Read(ref _throttled) > 0 && Interlocked.Decrement(ref _throttled) >= 0)
        {
            ThrottledAnswers++;
            Tell(device, $"twin/res/429/?$rid={request}", """{"errorCode":429001,"message":"ThrottlingException"}"""u8.ToArray());
        }
        else if (rest.StartsWith("twin/GET/", StringComparison.Ordinal))
        {
            Tell(device, $"twin/res/200/?$rid={request}", Encoding.UTF8.GetBytes(Devices[device].Whole()));
        }
        else
        {
            var version = JsonNode.Parse(body) is JsonObject patch ? Devices[device].Report(patch) : 0;
            Tell(device, version > 0 ? $"twin/res/204/?$rid={request}&$version={version}" : $"twin/res/400/?$rid={request}", []);
        }
    }

    private void AnswerProvisioning(string box, string rest)
    {
        var bag = rest[(rest.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var request = bag["$rid"];
        if (ProvisioningThrottled > 0)
        {
            ProvisioningThrottled--;
            TellBox(box, 429, $"?$rid={request}&retry-after=2", new JsonObject { ["errorCode"] = 429001, ["message"] = "throttled" });
        }
        else if (rest.Contains("/PUT/", StringComparison.Ordinal) || rest.StartsWith("registrations/PUT", StringComparison.Ordinal))
        {
            TellBox(box, 202, $"?$rid={request}&retry-after=2", new JsonObject { ["operationId"] = "4.op-" + box, ["status"] = "assigning" });
        }
        else if (bag.GetValueOrDefault("operationId") != "4.op-" + box)
        {
            TellBox(box, 404, $"?$rid={request}", new JsonObject { ["errorCode"] = 404203, ["message"] = "no such operation" });
        }
        else if (_asked.AddOrUpdate(box, 1, (_, times) => times + 1) % 2 == 1)
        {
            TellBox(box, 202, $"?$rid={request}&retry-after=2", new JsonObject { ["operationId"] = "4.op-" + box, ["status"] = "assigning" });
        }
        else if (ProvisioningStatus != "assigned")
        {
            TellBox(box, 200, $"?$rid={request}", new JsonObject
            {
                ["operationId"] = "4.op-" + box,
                ["status"] = ProvisioningStatus,
                ["registrationState"] = new JsonObject { ["registrationId"] = box, ["status"] = ProvisioningStatus, ["errorCode"] = 400209, ["errorMessage"] = "Custom allocation failed." },
            });
        }
        else
        {
            var device = DeviceOf(box);
            var added = Add(device);
            added.Key = HMACSHA256.HashData(GroupKey, Encoding.UTF8.GetBytes(box));
            added.Thumbprint = ShownAtProvisioning.GetValueOrDefault(box); // Who came with a certificate is let in with that one.
            TellBox(box, 200, $"?$rid={request}", new JsonObject
            {
                ["operationId"] = "4.op-" + box,
                ["status"] = "assigned",
                ["registrationState"] = new JsonObject { ["registrationId"] = box, ["assignedHub"] = Host, ["deviceId"] = device, ["status"] = "assigned", ["substatus"] = "initialAssignment" },
            });
        }
    }

    // QoS 0, as the hub does: who is away misses it.
    private void Tell(string device, string rest, byte[] body) => _listener.TryPublish(new MqttMessage { Topic = $"iothub/{device}/{rest}", Payload = body });

    private void TellBox(string box, int status, string bag, JsonObject body) => _listener.TryPublish(
        new MqttMessage { Topic = $"dps/{box}/registrations/res/{status}/{bag}", Payload = Encoding.UTF8.GetBytes(body.ToJsonString()), QualityOfService = QualityOfService.AtLeastOnce });
}
