using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Testing;

/// <summary>Ports on loopback for servers that cannot choose one themselves or say which one they took, and for what nobody is to answer.</summary>
/// <remarks>
/// They lie below the range from which the system gives a port to whoever asks for any. A port of that range may be somebody else's, for a
/// connection that leaves, before the server that it was found for has started.
/// </remarks>
public static class FreePort
{
    private const int First = 12_000;

    private static readonly int Count = Math.Max(1000, FirstGivenBySystem() - First);

    // Other test programs may look for a port at the same moment: each begins somewhere else.
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on, and that no other test of this process is given.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % (uint)Count);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // The next one.
            }
        }
    }

    private static int FirstGivenBySystem()
    {
        const string range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(range) ? int.Parse(File.ReadAllText(range).Split()[0]) : 32_768;
    }
}
