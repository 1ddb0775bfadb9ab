using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CleanStreets.Testing.IotHub;

/// <summary>The gate in front of the listener: TLS with SNI, CONNECT, topics, filters, sizes, tokens that end. It closes the socket and says nothing, as the hub does.</summary>
internal sealed class HubGate(StandInHub hub, X509Certificate2 certificate) : IAsyncDisposable
{
    private readonly TcpListener _mqtt = new(IPAddress.Loopback, 0);
    private readonly TcpListener _https = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, HashSet<string>> _filters = [];
    private readonly ConcurrentDictionary<Guid, (string Name, CancellationTokenSource End)> _links = [];
    private readonly ConcurrentDictionary<Task, bool> _serving = [];
    private int _tokensEnded;

    public int Port => ((IPEndPoint)_mqtt.LocalEndpoint).Port;

    public int HttpsPort => ((IPEndPoint)_https.LocalEndpoint).Port;

    public int TokensEnded => Volatile.Read(ref _tokensEnded);

    public void Start()
    {
        _mqtt.Start();
        _https.Start();
        _ = AcceptAsync(_mqtt, stream => ServeMqttAsync(stream, stream.RemoteCertificate));
        _ = AcceptAsync(_https, ServeHttpsAsync);
    }

    public void Drop(string name)
    {
        foreach (var (_, end) in _links.Values.Where(link => link.Name == name))
        {
            end.Cancel();
        }
    }

    public int ConnectionsOf(string name) => _links.Values.Count(link => link.Name == name);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _mqtt.Stop();
        _https.Stop();
        await Task.WhenAll(_serving.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, Func<SslStream, Task> serve)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptTcpClientAsync(_stop.Token);
                var task = ServeAsync(socket, serve);
                _serving[task] = true;
                _ = task.ContinueWith(done => _serving.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped; an accept begun just after that says InvalidOperationException.
        }
    }

    private async Task ServeAsync(TcpClient socket, Func<SslStream, Task> serve)
    {
        using var owned = socket;
        socket.NoDelay = true;
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync((_, hello, _, _) => ValueTask.FromResult(Options(hello.ServerName)), state: null, _stop.Token);
            await serve(stream);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException or WebSocketException)
        {
            // The link is gone, or the client does not want ours.
        }
    }

    private SslServerAuthenticationOptions Options(string name)
    {
        hub.ServerNames.Enqueue(name);
        return name == hub.ProvisioningHost || name.EndsWith(".azure-devices.net", StringComparison.Ordinal) // A hub that was left answers still, and refuses.
            ? new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true, // Asked for, not insisted on: the callback takes none and any, as the hub does until CONNECT.
#pragma warning disable CA5359 // Whether it is the device's is judged with CONNECT, by its thumbprint.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            }
            : throw new AuthenticationException($"nobody is called '{name}' here");
    }

    private async Task ServeHttpsAsync(SslStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1]; // Not a byte beyond the head may be taken: what follows is the WebSocket's.
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0)
        {
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var path = lines[0].Split(' ').ElementAtOrDefault(1) ?? "";
        var key = lines.FirstOrDefault(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))?.Split(':', 2)[1].Trim();
        if (key is null || !path.StartsWith("/$iothub/websocket", StringComparison.Ordinal))
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 401 Unauthorized\r\nDate: {hub.Now.ToString("R", CultureInfo.InvariantCulture)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
            return;
        }

        hub.WebSockets.Enqueue(path);
#pragma warning disable CA5350 // RFC 6455 §4.2.2 asks for SHA-1; nothing is protected by it.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"), _stop.Token);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt" });
        await using var carried = WebSocketStream.Create(socket, WebSocketMessageType.Binary);
        await ServeMqttAsync(carried, stream.RemoteCertificate);
    }

    private async Task ServeMqttAsync(Stream stream, X509Certificate? remote)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (await Packet311.ReadAsync(stream, end.Token) is not { } first)
        {
            return; // It left before it said anything, as a device does whose patience ended while it shook hands.
        }

        if (Connect311.Read(first) is not { } connect)
        {
            hub.Violations.Enqueue("the first packet is not CONNECT of MQTT 3.1.1");
            return;
        }

        var shown = remote is null ? null : new X509Certificate2(remote);
        var (who, why) = HubRules.Judge(connect, shown?.Thumbprint, shown?.GetNameInfo(X509NameType.SimpleName, forIssuer: false), hub);
        hub.Connects.Enqueue((connect.ClientId, why));
        if (who is null)
        {
            await stream.WriteAsync((byte[])[0x20, 2, 0, 5], end.Token);
            return;
        }

        var key = Guid.NewGuid();
        _links[key] = (who.Name, end);
        try
        {
            using var inner = new TcpClient { NoDelay = true };
            await inner.ConnectAsync(IPAddress.Loopback, hub.ListenerPort, end.Token);
            var behind = inner.GetStream();
            await connect.For(who.IsProvisioning ? "dps-" + who.Name : who.Name).WriteAsync(behind, end.Token);
            await Task.WhenAny(InAsync(who, stream, behind, end.Token), OutAsync(who, behind, stream, end.Token), TokenEndsAsync(who, end.Token));
            await end.CancelAsync();
        }
        finally
        {
            _links.TryRemove(key, out _);
        }
    }

    private async Task TokenEndsAsync(Admitted who, CancellationToken end)
    {
        while (who.Ends is not { } ends || hub.Now < ends)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), end);
        }

        Interlocked.Increment(ref _tokensEnded);
    }

    private async Task InAsync(Admitted who, Stream client, Stream behind, CancellationToken end)
    {
        while (await Packet311.ReadAsync(client, end) is { } packet)
        {
            if (Violation(who, packet) is { } violation)
            {
                hub.Violations.Enqueue($"{who.Name}: {violation}");
                return;
            }

            await (packet.Type switch
            {
                Packet311.Publish => packet.WithTopic(topic => Inward(who, topic)),
                Packet311.Subscribe or Packet311.Unsubscribe => packet.WithFilters(packet.Filters().Select(filter => (Inward(who, filter.Filter), Math.Min((byte)1, filter.QualityOfService)))),
                _ => packet,
            }).WriteAsync(behind, end);
        }
    }

    private static async Task OutAsync(Admitted who, Stream behind, Stream client, CancellationToken end)
    {
        while (await Packet311.ReadAsync(behind, end) is { } packet)
        {
            await (packet.Type == Packet311.Publish ? packet.WithTopic(topic => Outward(who, topic)) : packet).WriteAsync(client, end);
        }
    }

    private string? Violation(Admitted who, Packet311 packet)
    {
        switch (packet.Type)
        {
            case Packet311.Publish:
                var at = 0;
                var topic = Packet311.Text(packet.Body, ref at);
                return packet.QualityOfService == 2 ? "QoS 2"
                    : !HubRules.MayPublish(who, topic) ? $"publish to '{topic}'"
                    : packet.Body.Length - at > HubRules.MaxMessageBytes ? $"a message of {packet.Body.Length - at} bytes" : null;
            case Packet311.Subscribe:
                var filters = _filters.GetOrAdd(who.Name + who.IsProvisioning, _ => []);
                lock (filters)
                {
                    foreach (var (filter, _) in packet.Filters())
                    {
                        if (!HubRules.MaySubscribe(who, filter))
                        {
                            return $"subscription to '{filter}'";
                        }

                        filters.Add(filter);
                    }

                    return filters.Count > HubRules.MaxSubscriptions ? "more than five subscriptions" : null;
                }

            default:
                return null;
        }
    }

    // Each device has topics of its own behind the gate.
    private static string Inward(Admitted who, string topic) =>
        topic.StartsWith("$iothub/", StringComparison.Ordinal) ? $"iothub/{who.Name}/{topic["$iothub/".Length..]}"
        : topic.StartsWith("$dps/", StringComparison.Ordinal) ? $"dps/{who.Name}/{topic["$dps/".Length..]}" : topic;

    private static string Outward(Admitted who, string topic) =>
        topic.StartsWith($"iothub/{who.Name}/", StringComparison.Ordinal) ? "$iothub/" + topic[$"iothub/{who.Name}/".Length..]
        : topic.StartsWith($"dps/{who.Name}/", StringComparison.Ordinal) ? "$dps/" + topic[$"dps/{who.Name}/".Length..] : topic;
}
