using System.Net;
using System.Net.Sockets;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Run;

/// <summary>An MQTT server in a process of its own that is measured: ours, or a peer.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly ProductProgram _program;

    private Server(string name, ProductProgram program, int port, int tlsPort = 0) => (Name, _program, Port, TlsPort) = (name, program, port, tlsPort);

    public string Name { get; }

    public int Port { get; }

    /// <summary>Where it speaks TLS; 0: nowhere.</summary>
    public int TlsPort { get; }

    public int Id => _program.Id;

    /// <summary>What it has printed.</summary>
    public string Output => _program.Output;

    public ProcessUse Use => ProcessUse.Of(Id);

    /// <summary>Our listener with a hook that acknowledges at the end of each turn and does nothing else.</summary>
    /// <param name="tls">Certificate and key of a TLS endpoint beside; none: clear text only.</param>
    public static async Task<Server> ReceiverAsync(params string[] tls)
    {
        var program = ProductProgram.StartProcess("dotnet", [typeof(Server).Assembly.Location, "serve", "receiver", .. tls]);
        return await ReadyAsync("ours", program);
    }

    /// <summary>The product's own broker, with what else its command line shall say.</summary>
    public static async Task<Server> BrokerAsync(int port = 0, params string[] more)
    {
        var program = ProductProgram.Start("Ingest/CleanStreets.Ingest", ["broker", "--listen", $"127.0.0.1:{port}", .. more]);
        return await ReadyAsync("ours", program);
    }

    /// <exception cref="MissingException">Mosquitto is not installed.</exception>
    public static async Task<Server> MosquittoAsync(params string[] more)
    {
        Tools.Need(Tools.Mosquitto, "mosquitto");
        return await PeerAsync("Mosquitto", port => ProductProgram.StartProcess(Tools.Mosquitto, ["-p", $"{port}", .. more]));
    }

    /// <summary>The same with TLS on one port and clear text on another; it takes certificates of clients from nobody.</summary>
    /// <exception cref="MissingException">Mosquitto is not installed.</exception>
    public static async Task<Server> MosquittoTlsAsync(TemporaryFolder folder, string certificate, string key)
    {
        Tools.Need(Tools.Mosquitto, "mosquitto");
        var tls = FreePort();
        var server = await PeerAsync("Mosquitto", port =>
        {
            var settings = folder.Combine("mosquitto.conf");
            File.WriteAllText(settings, $"listener {port} 127.0.0.1\nlistener {tls} 127.0.0.1\ncertfile {certificate}\nkeyfile {key}\nallow_anonymous true\nuser root\n");
            return ProductProgram.StartProcess(Tools.Mosquitto, ["-c", settings]);
        });
        return new Server(server.Name, server._program, server.Port, tls);
    }

    /// <summary>The C program that acknowledges and does nothing else.</summary>
    /// <exception cref="MissingException">Its source or gcc is absent.</exception>
    public static async Task<Server> FloorAsync(Tools tools)
    {
        var binary = await tools.CompileAsync("mqttfloor");
        return await PeerAsync("C floor", port => ProductProgram.StartProcess(binary, [$"{port}"]));
    }

    public Task KillAsync() => _program.KillAsync();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<Server> ReadyAsync(string name, ProductProgram program)
    {
        var ready = await program.ReadyAsync(TimeSpan.FromMinutes(1));
        var tls = ready.Contains(" mqtts=", StringComparison.Ordinal) ? IPEndPoint.Parse(ProductProgram.ValueOf(ready, "mqtts")).Port : 0;
        return new Server(name, program, IPEndPoint.Parse(ProductProgram.ValueOf(ready, "mqtt")).Port, tls);
    }

    private static async Task<Server> PeerAsync(string name, Func<int, ProductProgram> start)
    {
        var port = FreePort();
        var program = start(port);
        await Eventually.TrueAsync($"{name} listens", () => program.ExitCode is not null || Answers(port));
        return program.ExitCode is null ? new Server(name, program, port) : throw new InvalidOperationException($"{name} ended: {program.Output}");
    }

    private static bool Answers(int port)
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
