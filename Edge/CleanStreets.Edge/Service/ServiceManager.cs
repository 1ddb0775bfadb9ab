using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CleanStreets.Edge.Service;

/// <summary>Tells systemd how the program is, by its protocol sd_notify(3): one datagram a message to the socket that the environment names.</summary>
/// <remarks>Any thread. Without systemd, or when it does not listen, nothing is said and nothing fails.</remarks>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;

    /// <param name="address">NOTIFY_SOCKET: a path, or a name that begins with <c>@</c> (abstract). Null: no service manager.</param>
    /// <param name="watchdog">How often systemd wants to hear that the program is well; null: it does not.</param>
    public ServiceManager(string? address, TimeSpan? watchdog)
    {
        Watchdog = watchdog;
        if (address is not ['/' or '@', _, ..])
        {
            return;
        }

        try
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (Exception ex) when (ex is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }

    /// <summary>WatchdogSec of the unit; null when it sets none.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>What the environment says of the service manager that started this program.</summary>
    public static ServiceManager FromEnvironment()
    {
        var isOurs = Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } id
            || id == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new ServiceManager(
            Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
            isOurs && long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var micros) && micros > 0
                ? TimeSpan.FromMicroseconds(micros)
                : null);
    }

    /// <summary>The program does its work now.</summary>
    public void Ready() => Say("READY=1");

    /// <summary>The program is on its way out.</summary>
    public void Stopping() => Say("STOPPING=1");

    /// <summary>The program's loops turn.</summary>
    public void Alive() => Say("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Say(string state)
    {
        try
        {
            _socket?.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (SocketException)
        {
            // It restarts, or is gone: the next message says it again, and without one its watchdog acts.
        }
    }
}
