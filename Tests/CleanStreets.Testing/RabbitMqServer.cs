using System.Diagnostics;
using System.Globalization;

namespace CleanStreets.Testing;

/// <summary>A real RabbitMQ with its MQTT plugin (3.1.1) on free ports of loopback; everything it needs lies in a folder of its own.</summary>
/// <remarks>Costs five to twelve seconds of CPU a start: one for a test class.</remarks>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string NameServer = "/usr/bin/epmd";

    private readonly TemporaryFolder _folder = new();
    private readonly int _amqpPort = FreePort.Next();
    private readonly int _distributionPort = FreePort.Next();
    private readonly int _namePort = FreePort.Next();
    private ProductProgram? _names;
    private ProductProgram? _program;

    private RabbitMqServer()
    {
        File.WriteAllText(_folder.Combine("enabled_plugins"), "[rabbitmq_mqtt].");
        File.WriteAllLines(_folder.Combine("rabbitmq.conf"),
        [
            $"listeners.tcp.1 = 127.0.0.1:{_amqpPort}", $"mqtt.listeners.tcp.1 = 127.0.0.1:{Port}", "mqtt.allow_anonymous = true",
            "mqtt.prefetch = 100", "log.file = false", "log.console = true", "log.console.level = error",
        ]);
    }

    /// <summary>Port of its MQTT listener.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>Starts a node; the test is skipped where RabbitMQ is not installed.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed (apt-get install rabbitmq-server)");
        var server = new RabbitMqServer();

        try
        {
            // Erlang's name server would be started by the node and outlive it: this one is ours to stop.
            server._names = ProductProgram.StartProcess(NameServer, ["-port", $"{server._namePort}", "-address", "127.0.0.1"]);
            await Loopback.ListeningAsync(server._namePort, server._names);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync(); // Nobody else will.
            throw;
        }
    }

    /// <summary>Starts the node again after <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        File.Delete(_folder.Combine("pid"));
        _program = ProductProgram.StartProcess("/usr/bin/env",
        [
            $"HOME={_folder.Path}", $"RABBITMQ_MNESIA_BASE={_folder.Combine("mnesia")}", $"RABBITMQ_LOG_BASE={_folder.Combine("log")}",
            $"RABBITMQ_NODENAME=cleanstreets{_amqpPort}@localhost", $"RABBITMQ_NODE_PORT={_amqpPort}", $"RABBITMQ_DIST_PORT={_distributionPort}",
            $"RABBITMQ_CONFIG_FILE={_folder.Combine("rabbitmq.conf")}", $"RABBITMQ_ENABLED_PLUGINS_FILE={_folder.Combine("enabled_plugins")}",
            $"RABBITMQ_PID_FILE={_folder.Combine("pid")}", $"ERL_EPMD_PORT={_namePort}", "ERL_EPMD_ADDRESS=127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}", Program,
        ]);
        await Loopback.ListeningAsync(Port, _program, TimeSpan.FromMinutes(15)); // Erlang takes some twelve seconds of CPU to start: minutes on a busy machine.
    }

    /// <summary>Ends the node at once (SIGKILL), as a power cut would.</summary>
    public async Task KillAsync()
    {
        // The program we started is a shell around the node, which writes its own process id early.
        var id = await Eventually.GetAsync("the node's process id", async () => File.Exists(_folder.Combine("pid")) ? await File.ReadAllTextAsync(_folder.Combine("pid")) : null);
        using var node = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
        node.Kill();
        await node.WaitForExitAsync();
        await _program!.ExitAsync(Eventually.Patience);
        await _program.DisposeAsync();
        _program = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_program is { ExitCode: null })
        {
            await KillAsync();
        }

        if (_names is not null)
        {
            await _names.DisposeAsync();
        }

        _folder.Dispose();
    }
}
