using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>A box that sits on no truck: it takes no readings, stays new (certificate, program, model) and answers, and waits to hear where it sits.</summary>
/// <remarks>It says nothing on any truck's topic, so what its upgrades do is heard by asking it (<c>status</c>).</remarks>
internal sealed class WaitingBox(EdgeSettings settings, Seat seat, LogFile log, TimeProvider time, ILoggerFactory loggers, TextWriter output)
{
    /// <summary>Waits until the city says something, an upgrade wants a restart, or somebody stops the agent.</summary>
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
        var upgrades = BoxUpgrades.Of(settings, new UploadBudget(Path.Combine(settings.Data, "sent-today"), time), time, time, logger, isOnTruck: false);
        BoxCommands.Register(commands, log, renewal);
        commands.Register("status", (_, _) => ValueTask.FromResult(CommandAnswer.Ok(Status(device, renewal, upgrades))));
        renewal?.Reconnect = client.ReconnectAsync;
        var listener = new BoxListener(new BoxTopics(device, commands, assignment => seat.Take(assignment, "")), options.Topics, client, logger);
        await listener.ListenAsync(stop);
        if (upgrades is not null)
        {
            await client.SubscribeAsync(options.Topics.AllReleases, QualityOfService.AtLeastOnce, (message, _) => TopicLink.Take(message, upgrades.Take), stop);
        }

        await client.StartAsync(stop);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var manager = ServiceManager.FromEnvironment();
        var watching = new Watchdog(manager, [], time, logger).RunAsync(ends.Token);
        var answering = listener.RunAsync(ends.Token);
        var renewing = renewal?.RunAsync(ends.Token) ?? Task.CompletedTask;
        await output.WriteLineAsync($"ready edge device={device}");
        await output.FlushAsync(CancellationToken.None);
        var upgrading = EdgeRun.UpgradeAsync(upgrades, manager, name => name == Trial.Link && client.IsConnected, () => { }, ends.Token);
        var restart = upgrades?.RestartWanted ?? new TaskCompletionSource().Task;
        var first = await Task.WhenAny(seat.Ended, restart, upgrading);
        var end = first == seat.Ended ? await seat.Ended : first == restart && !stop.IsCancellationRequested ? RunEnd.Restart : RunEnd.Stopped;
        if (!end.IsMove)
        {
            manager.Stopping();
        }

        await ends.CancelAsync();
        listener.Complete();
        await answering;
        await renewing;
        await watching;
        await upgrading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first; // A bug throws here.
        return end;
    }

    private static byte[] Status(DeviceId device, CertificateRenewal? renewal, BoxUpgrades? upgrades) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject
        {
            ["deviceId"] = device.Value,
            ["truckId"] = null,
            ["agentVersion"] = typeof(WaitingBox).Assembly.GetName().Version?.ToString(3),
            ["certificateEndsAt"] = renewal?.EndsAt?.ToString("O"),
            ["upgrade"] = upgrades is null ? null : JsonSerializer.SerializeToNode(upgrades.Status, ContractJson.Default.UpgradeStatus),
        });
}
