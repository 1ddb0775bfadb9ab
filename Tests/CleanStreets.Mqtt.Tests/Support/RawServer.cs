using System.Net;
using System.Net.Sockets;
using CleanStreets.Mqtt.Packets;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>A server that says exact bytes, so that a test shows what a client does on the wire.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Takes the next connection as it is.</summary>
    /// <summary>Whether a connection waits to be taken.</summary>
    public bool IsAsked => _listener.Pending();

    public async Task<RawPeer> AcceptAsync() => RawPeer.Over(await _listener.AcceptSocketAsync().WaitAsync(Eventually.Patience));

    /// <summary>Takes the next connection that says something and answers its CONNECT; <paramref name="properties"/> is the block of 5.0 without its length, in hexadecimal.</summary>
    public async Task<(RawPeer Peer, byte[] Connect)> AcceptAsync(int version, bool sessionPresent = false, string properties = "", int code = 0)
    {
        var peer = await AcceptAsync();
        var connect = peer.ReadPacket();
        while (connect.Length == 0)
        {
            // A client that is asked to connect anew gives up the attempt that it had begun.
            peer.Dispose();
            peer = await AcceptAsync();
            connect = peer.ReadPacket();
        }

        connect[0].ShouldBe((byte)0x10);
        var block = Convert.FromHexString(properties);
        byte[] body = [(byte)(sessionPresent ? 1 : 0), (byte)code, .. version == 5 ? [(byte)block.Length, .. block] : Array.Empty<byte>()];
        peer.Send([0x20, (byte)body.Length, .. body]);
        return (peer, connect);
    }

    /// <summary>Reads SUBSCRIBE and grants its one filter.</summary>
    public static void Grant(RawPeer peer, int version, int qos)
    {
        var subscribe = peer.ReadPacket();
        subscribe[0].ShouldBe((byte)0x82, Convert.ToHexString(subscribe));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        SubAckPacket.Write(buffer, (MqttProtocolVersion)version, PacketType.SubAck, (ushort)(subscribe[2] << 8 | subscribe[3]), [(byte)qos]);
        peer.Send(buffer.WrittenSpan.ToArray());
    }

    public void Dispose() => _listener.Dispose();
}
