using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>A box that sits on no truck: it takes no readings, and waits to hear where it sits.</summary>
internal sealed class WaitingBox(EdgeSettings settings, Seat seat, LogFile log, TimeProvider time, ILoggerFactory loggers, TextWriter output)
{
    /// <summary>Waits until the city says something, or somebody stops the agent.</summary>
    public async Task<RunEnd> RunAsync(CancellationToken stop)
    {
        var logger = loggers.CreateLogger<WaitingBox>();
        var device = seat.Device!.Value;
        RunLog.Waiting(logger, device.Value);
        var options = LinkOptions.Of(settings);
        var connection = new MqttClientOptions { Host = options.Host, Port = options.Port, ClientId = device.Value };
        await using var client = new MqttClient(options.Connection?.Invoke(connection) ?? connection, time, loggers.CreateLogger<MqttClient>());
        var commands = new TruckCommands(logger);
        using var renewal = EdgeRun.RenewalOf(settings, time, logger);
        BoxCommands.Register(commands, log, renewal);
        renewal?.Reconnect = client.ReconnectAsync;
        var listener = new BoxListener(new BoxTopics(device, commands, assignment => seat.Take(assignment, "")), options.Topics, client, logger);
        await listener.ListenAsync(stop);
        await client.StartAsync(stop);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var answering = listener.RunAsync(ends.Token);
        var renewing = renewal?.RunAsync(ends.Token) ?? Task.CompletedTask;
        await output.WriteLineAsync($"ready edge device={device}");
        await output.FlushAsync(CancellationToken.None);
        var first = await Task.WhenAny(seat.Ended, Task.Delay(Timeout.InfiniteTimeSpan, time, ends.Token));
        await ends.CancelAsync();
        listener.Complete();
        await answering;
        await renewing;
        return first == seat.Ended ? await seat.Ended : RunEnd.Stopped;
    }
}
