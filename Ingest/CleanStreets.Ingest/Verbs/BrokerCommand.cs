using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>broker</c>: the MQTT listener alone.</summary>
internal static class BrokerCommand
{
    private const int DefaultPort = 1883;

    /// <summary>As often as Mosquitto says it.</summary>
    private const int DefaultSysIntervalSeconds = 10;

    private static readonly MqttListenerOptions Defaults = new();

    public static Command Create(TimeProvider time)
    {
        var listen = EndpointOption.Create("--listen", "Where to listen.", new IPEndPoint(IPAddress.Loopback, DefaultPort));
        var data = new Option<string?>("--data") { Description = "Folder in which retained messages and sessions survive a restart. Default: in memory only." };
        var acl = new Option<string?>("--acl") { Description = "Access rules in the format of Mosquitto's acl_file; read again on SIGHUP." };
        var passwords = new Option<string?>("--password-file") { Description = "User names and passwords as mosquitto_passwd writes them; read again on SIGHUP." };
        var anonymous = new Option<bool>("--allow-anonymous") { Description = "Serve clients without user name, also beyond loopback." };
        var receiveMaximum = new Option<int>("--receive-maximum") { Description = "Most unacknowledged publishes of one client.", DefaultValueFactory = _ => Defaults.ReceiveMaximum };
        var topicAliases = new Option<int>("--topic-alias-maximum") { Description = "Highest topic alias accepted.", DefaultValueFactory = _ => Defaults.TopicAliasMaximum };
        var packetSize = new Option<int>("--max-packet-size") { Description = "Largest packet accepted, in bytes.", DefaultValueFactory = _ => Defaults.MaximumPacketSize };
        var keepAlive = new Option<int>("--server-keep-alive") { Description = "Longest keep-alive of a 5.0 client, in seconds.", DefaultValueFactory = _ => (int)Defaults.MaximumKeepAlive.TotalSeconds };
        var sysInterval = new Option<int>("--sys-interval") { Description = "Seconds between what $SYS/broker/… says; 0: nothing.", DefaultValueFactory = _ => DefaultSysIntervalSeconds };
        var command = new Command("broker", "Run the MQTT listener alone, as a plain broker.") { listen, data, acl, passwords, anonymous, receiveMaximum, topicAliases, packetSize, keepAlive, sysInterval };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = Defaults with
            {
                Endpoints = [new MqttEndpoint(parsed.GetValue(listen)!)],
                DataFolder = parsed.GetValue(data),
                AclFile = parsed.GetValue(acl),
                PasswordFile = parsed.GetValue(passwords),
                AllowAnonymous = parsed.GetValue(anonymous) ? true : null,
                ReceiveMaximum = parsed.GetValue(receiveMaximum),
                TopicAliasMaximum = parsed.GetValue(topicAliases),
                MaximumPacketSize = parsed.GetValue(packetSize),
                SysInterval = TimeSpan.FromSeconds(parsed.GetValue(sysInterval)),
                MaximumKeepAlive = TimeSpan.FromSeconds(parsed.GetValue(keepAlive)),
            };
            return RunAsync(options, time, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(MqttListenerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var address = options.Endpoints[0].Address;
        if (!IPAddress.IsLoopback(address.Address) && options is { PasswordFile: null, AllowAnonymous: null })
        {
            await Console.Error.WriteLineAsync($"broker: {address} is not loopback: give --password-file, or say --allow-anonymous.");
            return 2;
        }

        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        MqttListener listener;
        try
        {
            listener = new MqttListener(options, hook: null, time, loggers.CreateLogger<MqttListener>());
            await listener.StartAsync(cancellationToken);
        }
        catch (Exception ex) when (ex is MqttListenerException or ArgumentOutOfRangeException)
        {
            await Console.Error.WriteLineAsync($"broker: {ex.Message}");
            return 2;
        }

        await using var stopped = listener;

        Console.WriteLine($"ready broker mqtt={listener.LocalEndpoint}");
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Reload(listener);
        });
        await StopRequestedAsync(listener, cancellationToken);
        await listener.StopAsync(CancellationToken.None);
        return 0;
    }

    private static void Reload(MqttListener listener)
    {
        try
        {
            listener.Reload();
        }
        catch (MqttListenerException ex)
        {
            Console.Error.WriteLine($"broker: {ex.Message}; the rules stay as they were");
        }
    }

    /// <summary>Waits for SIGTERM, Ctrl-C, or the end of a listener that failed.</summary>
    private static async Task StopRequestedAsync(MqttListener listener, CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var cancelled = cancellationToken.Register(() => asked.TrySetResult());
        await Task.WhenAny(asked.Task, listener.Completion);
    }
}
