using System.CommandLine;
using System.Runtime.InteropServices;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>broker</c>: the MQTT listener alone.</summary>
internal static class BrokerCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new BrokerOptions();
        var command = new Command("broker", """
            Run the MQTT listener alone, as a plain broker (MQTT 3.1.1 and 5.0).

            Beyond loopback clients must show who they are, by a password or a certificate, and passwords must travel encrypted; the --allow
            options lift that. Certificates, keys, rules, passwords and revocations are read again when their files change, and on SIGHUP;
            links stay.
            """);
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, options, time, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, BrokerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        MqttListener listener;
        try
        {
            listener = new MqttListener(options.Read(parsed), hook: null, time, loggers.CreateLogger<MqttListener>());
            await listener.StartAsync(cancellationToken);
        }
        catch (Exception ex) when (ex is UsageException or MqttListenerException or ArgumentOutOfRangeException)
        {
            await Console.Error.WriteLineAsync($"broker: {ex.Message}");
            return 2;
        }

        await using var stopped = listener;

        Console.WriteLine($"ready broker {string.Join(' ', listener.LocalEndpoints.Select(endpoint => $"{endpoint.Scheme}={endpoint.Address}"))}");
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
            Console.Error.WriteLine($"broker: {ex.Message} What was read before stays in force.");
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
