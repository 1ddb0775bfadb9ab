using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>A socket bound to one endpoint; <see cref="Endpoint"/> has the port it really got.</summary>
internal sealed unsafe class ListeningSocket : IDisposable
{
    /// <summary>Connections that the kernel lets wait for us: a fleet that comes back at once.</summary>
    private const int Backlog = 4096;

    private ListeningSocket(Socket socket, MqttEndpoint endpoint) => (Socket, Endpoint) = (socket, endpoint);

    public Socket Socket { get; }

    public MqttEndpoint Endpoint { get; }

    public int Descriptor => (int)Socket.Handle;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="MqttListenerException">The port is in use, or the address is not of this machine.</exception>
    public static ListeningSocket Bind(MqttEndpoint endpoint)
    {
        var socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A restarted service takes its port back at once, even while old connections linger. Not the framework's ReuseAddress:
            // on Linux that also sets SO_REUSEPORT, and two listeners would share one port without a word.
            var one = 1;
            _ = Libc.SetSocketOption((int)socket.Handle, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &one, sizeof(int));
            socket.Blocking = endpoint.Transport != MqttTransport.Tcp; // The loop must never wait; the framework hands its own setting on to what it accepts.
            socket.Bind(endpoint.Address);
            socket.Listen(Backlog);
            return new ListeningSocket(socket, endpoint with { Address = (IPEndPoint)socket.LocalEndPoint! });
        }
        catch (Exception exception) when (exception is not SocketException)
        {
            socket.Dispose();
            throw;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var reason = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program uses this port",
                SocketError.AddressNotAvailable => "the address is not one of this machine",
                SocketError.AccessDenied => "the port needs more rights",
                _ => exception.Message,
            };
            throw new MqttListenerException($"Cannot listen for MQTT on {endpoint.Address}: {reason}.", exception);
        }
    }

    public void Dispose() => Socket.Dispose();
}
