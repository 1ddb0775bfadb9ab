using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>Says exact bytes to a listener and hears exact bytes, so that a test shows what is on the wire.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;
    private Stream _stream = Stream.Null;

    private RawPeer(Socket? socket = null)
    {
        _socket = socket ?? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (_socket.NoDelay, _socket.ReceiveTimeout) = (true, (int)CleanStreets.Testing.Eventually.Patience.TotalMilliseconds);
    }

    /// <summary>Speaks over a connection that has been accepted.</summary>
    public static RawPeer Over(Socket socket) => new(socket) { _stream = new NetworkStream(socket) };

    /// <summary>A plain connection; with <paramref name="receiveBytes"/> its kernel takes about so many before they are read.</summary>
    public static RawPeer Connect(int port, int receiveBytes = 0)
    {
        var peer = new RawPeer();
        if (receiveBytes > 0)
        {
            peer._socket.ReceiveBufferSize = receiveBytes;
        }

        peer._socket.Connect(IPAddress.Loopback, port);
        peer._stream = new NetworkStream(peer._socket);
        return peer;
    }

    /// <summary>Through TLS, whoever the server is, with a certificate of the client's own or without.</summary>
    public static RawPeer ConnectTls(int port, X509Certificate2? certificate = null, int receiveBytes = 0)
    {
        var peer = Connect(port, receiveBytes);
        var tls = new SslStream(peer._stream);
        peer._stream = tls;
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => (peer.ServerCertificate = shown?.GetSerialNumberString()) is not null,
        });
        return peer;
    }

    /// <summary>Through binary frames of a WebSocket; each <see cref="Send"/> is a frame of its own.</summary>
    public static async Task<RawPeer> ConnectWebSocketAsync(Uri address, X509Certificate2? certificate = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null; // Whoever it is: the tests are about the listener.
        socket.Options.ClientCertificates = certificate is null ? [] : [certificate];
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return new RawPeer { _stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true) };
    }

    /// <summary>Serial number of the certificate that the server has shown.</summary>
    public string? ServerCertificate { get; private set; }

    /// <summary>CONNECT with a clean start and the answer read; <paramref name="properties"/> is the property block of 5.0 without its length.</summary>
    public static RawPeer ConnectAs(int port, string id, int version = 5, int keepAlive = 0, string properties = "")
    {
        var peer = Connect(port);
        peer.SendConnect(id, version, keepAlive, properties);
        var answer = peer.ReadPacket();
        answer[0].ShouldBe((byte)0x20);
        answer[3].ShouldBe((byte)0, "the connection was refused");
        return peer;
    }

    public void SendConnect(string id, int version = 5, int keepAlive = 0, string properties = "", int flags = 2, byte[]? will = null)
    {
        var block = Convert.FromHexString(properties);
        byte[] body =
        [
            0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', (byte)version, (byte)flags, (byte)(keepAlive >> 8), (byte)keepAlive,
            .. version == 5 ? [(byte)block.Length, .. block] : Array.Empty<byte>(), 0, (byte)System.Text.Encoding.UTF8.GetByteCount(id), .. System.Text.Encoding.UTF8.GetBytes(id), .. will ?? [],
        ];
        Send([0x10, (byte)body.Length, .. body]);
    }

    public void Send(params byte[] bytes) => _stream.Write(bytes);

    public void SendHex(string hex) => Send(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>PUBLISH of version 5.0 (or 3.1.1 with <paramref name="version"/> 4).</summary>
    public void Publish(string topic, string payload, int qos = 0, int id = 0, bool retain = false, int version = 5, bool duplicate = false)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Mqtt.Packets.PublishPacket.Write(
            buffer, (MqttProtocolVersion)version, System.Text.Encoding.UTF8.GetBytes(topic), System.Text.Encoding.UTF8.GetBytes(payload),
            (QualityOfService)qos, retain, duplicate, (ushort)id, default);
        Send(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Subscribes one filter and reads the SUBACK.</summary>
    public void Subscribe(string filter, int qos, int version)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Mqtt.Packets.SubscribePacket.Write(
            buffer, (MqttProtocolVersion)version, Mqtt.Packets.PacketType.Subscribe, 1,
            [(System.Text.Encoding.UTF8.GetBytes(filter), new Mqtt.Packets.SubscriptionOptions((byte)qos))]);
        Send(buffer.WrittenSpan.ToArray());
        var answer = ReadPacket();
        answer[0].ShouldBe((byte)0x90);
        answer[^1].ShouldBe((byte)qos, "granted");
    }

    /// <summary>Reads a packet that must be PUBLISH.</summary>
    public Heard ReadPublish(int version)
    {
        var bytes = ReadPacket();
        bytes.ShouldNotBeEmpty("the listener closed");
        Mqtt.Packets.Frame.Read(bytes, int.MaxValue, out var frame, out _);
        frame.Type.ShouldBe(Mqtt.Packets.PacketType.Publish, Convert.ToHexString(bytes));
        return Parse(bytes, in frame, version);
    }

    private static Heard Parse(byte[] bytes, in Mqtt.Packets.Frame frame, int version)
    {
        Mqtt.Packets.PublishPacket.Read((MqttProtocolVersion)version, frame.Flags, bytes.AsSpan(frame.HeaderLength), out var publish).IsFault.ShouldBeFalse();
        return new Heard(
            System.Text.Encoding.UTF8.GetString(publish.Topic), System.Text.Encoding.UTF8.GetString(publish.Payload),
            publish.QualityOfService, publish.Duplicate, publish.PacketId);
    }

    /// <summary>PUBLISH with QoS 1 that may fail because the listener is being killed.</summary>
    public void TrySend(string topic, string payload, int id)
    {
        try
        {
            Publish(topic, payload, qos: 1, id: id);
        }
        catch (IOException)
        {
            // Killed.
        }
    }

    /// <summary>Bytes that the listener may refuse by closing while they are on their way.</summary>
    public void TrySend(byte[] bytes)
    {
        try
        {
            Send(bytes);
        }
        catch (IOException)
        {
            // Closed.
        }
    }

    /// <summary>Reads one packet: a PUBLISH, or null for anything else.</summary>
    public Heard? ReadPublishOrNothing(int version)
    {
        var bytes = ReadPacket();
        bytes.ShouldNotBeEmpty("the listener closed");
        Mqtt.Packets.Frame.Read(bytes, int.MaxValue, out var frame, out _);
        return frame.Type == Mqtt.Packets.PacketType.Publish ? Parse(bytes, in frame, version) : null;
    }

    /// <summary>Reads one whole packet; empty when the other side has closed.</summary>
    public byte[] ReadPacket()
    {
        try
        {
            var header = new List<byte> { ReadByte(), ReadByte() };
            while (header[^1] >= 0x80)
            {
                header.Add(ReadByte());
            }

            var length = header.Skip(1).Select((digit, place) => (digit & 0x7F) << (7 * place)).Sum();
            var body = new byte[length];
            _stream.ReadExactly(body);
            return [.. header, .. body];
        }
        catch (IOException exception) when (exception.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
        {
            return []; // Ended, reset, or refused inside TLS.
        }
    }

    private byte ReadByte()
    {
        var one = new byte[1];
        _stream.ReadExactly(one);
        return one[0];
    }

    /// <summary>Reads what comes until the other side closes, as text.</summary>
    public string ReadText()
    {
        using var reader = new StreamReader(_stream, System.Text.Encoding.Latin1, leaveOpen: true);
        return reader.ReadToEnd();
    }

    public string ReadHex() => Convert.ToHexString(ReadPacket());

    public int Available => _socket.Available;

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _stream.Dispose();
    }
}

/// <summary>A PUBLISH as it was heard.</summary>
internal sealed record Heard(string Topic, string Payload, QualityOfService QualityOfService, bool Duplicate, ushort PacketId);
