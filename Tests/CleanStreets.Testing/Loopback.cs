using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Testing;

/// <summary>Servers on loopback that do not say when they are ready.</summary>
public static class Loopback
{
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
