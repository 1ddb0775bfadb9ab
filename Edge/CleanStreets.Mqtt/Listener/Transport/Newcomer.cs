using CleanStreets.Mqtt.Listener.Access;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>A connection whose handshakes are done, on its way to the loop.</summary>
/// <param name="endpoint">Where it came in.</param>
/// <param name="end">The loop's end of its socket pair, or the TCP socket itself; closed unless the loop takes it.</param>
/// <param name="certificate">Who the peer is by its certificate; null: none was shown.</param>
/// <param name="closed">To be called when the loop has closed its end.</param>
/// <param name="link">Makes the loop's link over the end; null: a <see cref="SocketLink"/>.</param>
internal sealed class Newcomer(
    MqttEndpoint endpoint, SafeFileHandle end, CertificateIdentity? certificate, Action closed, Func<Epoll, int, ulong, PeerLink>? link = null) : IDisposable
{
    public MqttEndpoint Endpoint => endpoint;

    public CertificateIdentity? Certificate => certificate;

    /// <summary>Whether it comes from this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Loop thread: the link, which from now on is the caller's to close.</summary>
    public PeerLink TakeLink(Epoll epoll, ulong data)
    {
        var descriptor = TakeDescriptor();
        return link?.Invoke(epoll, descriptor, data) ?? new SocketLink(epoll, descriptor, data, closed);
    }

    /// <summary>The descriptor, which from now on is the caller's to close.</summary>
    public int TakeDescriptor()
    {
        var descriptor = (int)end.DangerousGetHandle();
        end.SetHandleAsInvalid();
        return descriptor;
    }

    /// <summary>Closes the end if nobody has taken it; the pump notices.</summary>
    public void Dispose()
    {
        if (!end.IsClosed)
        {
            end.Dispose();
            closed();
        }
    }
}
