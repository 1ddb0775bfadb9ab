using System.Net.Sockets;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Benchmarks.Load;

/// <summary>One client of a crowd: its link and the beginning of a packet that has not all come yet.</summary>
internal sealed class CrowdMember(Socket socket, SocketLink link) : IDisposable
{
    private byte[] _kept = [];

    public SocketLink Link => link;

    public int TakeKept(Span<byte> into)
    {
        _kept.CopyTo(into);
        var count = _kept.Length;
        _kept = [];
        return count;
    }

    public void Keep(ReadOnlySpan<byte> rest) => _kept = rest.IsEmpty ? [] : rest.ToArray();

    /// <summary>Sends little: what does not fit into the socket's buffer would mean that the server does not read.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (link.Send(bytes) != bytes.Length)
        {
            throw new InvalidOperationException("the server does not take what a member sends");
        }
    }

    public void Dispose() => socket.Dispose();
}
