using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Benchmarks.Load;

/// <summary>What <see cref="Blast"/> does, through TLS, from the bench's own process; handshakes are not counted.</summary>
internal sealed class TlsBlast(int connections, int inFlight)
{
    private const int PayloadBytes = 350;
    private const int PubAckBytes = 4;

    /// <summary>Publishes until each connection has had all its messages acknowledged; answers what that cost the server.</summary>
    public async Task<(ProcessUse Use, long Messages)> RunAsync(Server server, int port, int messagesEach)
    {
        var streams = new List<SslStream>();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                streams.Add(await ConnectAsync(port, i));
            }

            var before = server.Use;
            await Task.WhenAll(streams.Select((stream, i) => Task.Run(() => DriveAsync(stream, i, messagesEach))));
            return (server.Use - before, (long)connections * messagesEach);
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private async Task DriveAsync(SslStream stream, int number, int messages)
    {
        var window = Packets(number);
        var packet = window.Length / inFlight;
        var answers = new byte[4096];
        var (sent, heard) = (0, 0L);
        while (heard < (long)messages * PubAckBytes)
        {
            var room = Math.Min(messages - sent, inFlight - (sent - (int)(heard / PubAckBytes)));
            if (room > 0)
            {
                await stream.WriteAsync(window.AsMemory(0, room * packet));
                sent += room;
            }

            var count = await stream.ReadAsync(answers);
            heard += count > 0 ? count : throw new InvalidOperationException("the server closed a link");
        }
    }

    /// <summary>As many publishes as may be in flight. Each goes out again under the same identifier once it is acknowledged, which they are in order.</summary>
    private byte[] Packets(int number)
    {
        var packets = new ArrayBufferWriter<byte>();
        for (var i = 1; i <= inFlight; i++)
        {
            PublishPacket.Write(
                packets, MqttProtocolVersion.V311, Encoding.UTF8.GetBytes($"bench/{number}"), new byte[PayloadBytes], QualityOfService.AtLeastOnce, retain: false, duplicate: false, packetId: (ushort)i, default);
        }

        return packets.WrittenSpan.ToArray();
    }

    private static async Task<SslStream> ConnectAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null, // Made for this run.
        });
        var name = Encoding.UTF8.GetBytes($"tls-{number}");
        byte[] connect = [0x10, (byte)(12 + name.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)name.Length, .. name];
        await stream.WriteAsync(connect);
        await stream.ReadExactlyAsync(new byte[4]);
        return stream;
    }
}
