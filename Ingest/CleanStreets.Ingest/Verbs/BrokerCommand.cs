using System.CommandLine;
using System.Net;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>broker</c>: the MQTT listener alone.</summary>
internal static class BrokerCommand
{
    private const int DefaultPort = 1883;

    public static Command Create(TimeProvider time)
    {
        var listen = EndpointOption.Create("--listen", "Where to listen.", new IPEndPoint(IPAddress.Loopback, DefaultPort));
        var command = new Command("broker", "Run the MQTT listener alone, as a plain broker.") { listen };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(listen)!, time, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(IPEndPoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        await using var listener = new MqttListener(
            new MqttListenerOptions { Endpoint = endpoint }, hook: null, time, loggers.CreateLogger<MqttListener>());
        try
        {
            await listener.StartAsync(cancellationToken);
        }
        catch (MqttListenerException ex)
        {
            await Console.Error.WriteLineAsync($"broker: {ex.Message}");
            return 2;
        }

        Console.WriteLine($"ready broker mqtt={listener.LocalEndpoint}");
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await listener.StopAsync(CancellationToken.None);
        return 0;
    }
}
