using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CleanStreets.Launcher.Commands;

namespace CleanStreets.Launcher.Processes;

/// <summary>Addresses to listen on: one named by an option must be free, a default moves on to the next free port.</summary>
internal static class Ports
{
    private const int Tries = 100;

    /// <summary>The endpoint to use for an option.</summary>
    /// <param name="option">Name of the option, for the message.</param>
    /// <param name="named">HOST:PORT as given; null when the default holds.</param>
    /// <param name="defaultPort">Port on 127.0.0.1 when none was given.</param>
    /// <param name="moved">Whether the default was taken and a later port is used.</param>
    /// <exception cref="WrongUseException">It is not HOST:PORT, or the named port is in use.</exception>
    public static IPEndPoint Choose(string option, string? named, int defaultPort, out bool moved)
    {
        moved = false;
        if (named is not null)
        {
            var endpoint = Parse(option, named);
            return endpoint.Port == 0 || IsFree(endpoint)
                ? endpoint
                : throw new WrongUseException($"{option} {named}: the port is in use by another program. Stop that program or name another port.");
        }

        for (var port = defaultPort; port < defaultPort + Tries; port++)
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, port);
            if (IsFree(endpoint))
            {
                moved = port != defaultPort;
                return endpoint;
            }
        }

        throw new WrongUseException($"No free port between {defaultPort} and {defaultPort + Tries - 1}: name one with {option} HOST:PORT.");
    }

    private static IPEndPoint Parse(string option, string named)
    {
        var text = named.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + named["localhost".Length..] : named;
        return IPEndPoint.TryParse(text, out var endpoint) && NamesPort(endpoint.Address, text)
            ? endpoint
            : throw new WrongUseException($"{option} {named}: not an address with a port. Write HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080.");
    }

    /// <summary>Every IPv6 address has colons: only behind brackets does one begin a port.</summary>
    private static bool NamesPort(IPAddress address, string text) =>
        text.Contains(address.AddressFamily == AddressFamily.InterNetworkV6 ? "]:" : ":", StringComparison.Ordinal);

    private static bool IsFree(IPEndPoint endpoint)
    {
        // A listener on every address blocks the loopback port too, though binding beside it may succeed.
        if (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(active => active.Port == endpoint.Port
            && (active.Address.Equals(endpoint.Address) || active.Address.Equals(IPAddress.Any) || active.Address.Equals(IPAddress.IPv6Any))))
        {
            return false;
        }

        try
        {
            using var probe = new TcpListener(endpoint);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
