using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>A truck's link on one thread and one blocking socket, MQTT 3.1.1 with QoS 1: no channel, no lock and no other thread of its own.</summary>
internal static class PlainSender
{
    private const int Window = 16;

    /// <summary>Sends <paramref name="batches"/> and reads a PUBACK for each.</summary>
    public static void Send(IPEndPoint listener, TruckId truck, IReadOnlyList<byte[]> batches)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (socket.NoDelay, socket.ReceiveTimeout) = (true, (int)Eventually.Patience.TotalMilliseconds);
        socket.Connect(listener);
        using var stream = new NetworkStream(socket);
        stream.Write(Packet(0x10, [.. Text("MQTT"), 4, 2, 0, 0, .. Text(truck.Value)]));
        Span<byte> answer = stackalloc byte[4];
        stream.ReadExactly(answer);
        answer.SequenceEqual((ReadOnlySpan<byte>)[0x20, 2, 0, 0]).ShouldBeTrue("the connection was refused");

        var topic = Text(Topics.Default.Readings(truck));
        var acknowledged = 0;
        for (var sent = 0; acknowledged < batches.Count;)
        {
            for (; sent < batches.Count && sent - acknowledged < Window; sent++)
            {
                stream.Write(Packet(0x32, [.. topic, .. Number((sent % ushort.MaxValue) + 1), .. batches[sent]]));
            }

            stream.ReadExactly(answer);
            answer[0].ShouldBe((byte)0x40);
            acknowledged++;
        }
    }

    private static byte[] Packet(byte header, ReadOnlySpan<byte> body)
    {
        var packet = new List<byte>(body.Length + 5) { header };
        var left = body.Length;
        do
        {
            packet.Add((byte)((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
            left >>= 7;
        }
        while (left > 0);

        packet.AddRange(body);
        return [.. packet];
    }

    private static byte[] Text(string text) => [.. Number(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)number);
        return bytes;
    }
}
