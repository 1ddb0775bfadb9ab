using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>A truck that sends packets made beforehand over a bare socket, so that what a test measures is ingest and nothing else.</summary>
internal sealed class RawTruck : IDisposable
{
    private const int PubAckBytes = 4;

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly List<byte[]> _packets = [];
    private readonly byte[] _answers = new byte[64 * 1024];

    public RawTruck(Drive drive, int port)
    {
        foreach (var payload in drive.Batches(1))
        {
            _packets.Add(Publish(Topics.Default.Readings(TruckId.Parse(drive.Truck)), (ushort)(_packets.Count + 1), payload));
        }

        _client.Connect("127.0.0.1", port);
        var id = Encoding.ASCII.GetBytes(drive.Truck);
        _client.GetStream().Write([0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)id.Length, .. id]);
        _client.GetStream().ReadExactly(_answers, 0, PubAckBytes);
    }

    /// <summary>Sends some messages, a few hundred at a time, and waits for every acknowledgement.</summary>
    public void Send(int from, int to, int inFlight = 200)
    {
        var stream = _client.GetStream();
        for (; from < to; from += inFlight)
        {
            var end = Math.Min(to, from + inFlight);
            for (var i = from; i < end; i++)
            {
                stream.Write(_packets[i]);
            }

            stream.ReadExactly(_answers, 0, PubAckBytes * (end - from));
        }
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Publish(string topic, ushort packetId, byte[] payload)
    {
        var name = Encoding.ASCII.GetBytes(topic);
        var body = new byte[2 + name.Length + 2 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)name.Length);
        name.CopyTo(body, 2);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2 + name.Length), packetId);
        payload.CopyTo(body, 4 + name.Length);
        return [0x32, (byte)((body.Length & 127) | 128), (byte)(body.Length >> 7), .. body];
    }
}
