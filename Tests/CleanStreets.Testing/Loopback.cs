using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Testing;

/// <summary>Ports on loopback for servers that cannot say which one they took.</summary>
public static class Loopback
{
    /// <summary>A port that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Waits until somebody takes connections on a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="server">The program that is to do it; when it ends first, its output is the failure.</param>
    /// <param name="patience">How long; default <see cref="Eventually.Patience"/>.</param>
    public static Task ListeningAsync(int port, ProductProgram server, TimeSpan? patience = null) => Eventually.TrueAsync($"port {port} listens", () =>
    {
        if (server.ExitCode is { } code)
        {
            throw new InvalidOperationException($"The server ended with {code}:{Environment.NewLine}{server.Output}");
        }

        try
        {
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }, patience);
}
