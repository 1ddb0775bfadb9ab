using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using CleanStreets.Contracts;
using CleanStreets.Edge.Memory;
using CleanStreets.Edge.Upgrade;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary><c>edge run</c>: the agent on a truck.</summary>
internal static class RunCommand
{
    private static readonly Option<string> Settings = new("--settings") { Description = "The box's settings, JSON.", Required = true };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("run", "Run as the agent of one truck.") { Settings };
        command.SetAction(CommandLine.Stoppable((parsed, stop) => RunAsync(parsed.GetRequiredValue(Settings), time, stop)));
        return command;
    }

    /// <summary>Runs as the truck that the box sits on, and anew when the city says another.</summary>
    private static async Task<int> RunAsync(string path, TimeProvider time, CancellationToken stop)
    {
        var parsed = EdgeSettingsFile.Parse(path);
        if (WipedMark.IsSet(parsed.Data))
        {
            await Console.Error.WriteLineAsync("edge: this box has forgotten everything, as the city wished: enroll it again with 'edge enroll CODE --city …'.");
            return 0;
        }

        var settings = EdgeSettingsFile.Checked(parsed, path);
        using var log = new LogFile(Path.Combine(settings.Data, "log"), time);
        using var loggers = LoggerFactory.Create(builder => builder
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddProvider(log)
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("CleanStreets.Mqtt", LogLevel.Error)); // FleetLinks says once what matters of the link.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var givingBack = new ProcessMemory(time, loggers.CreateLogger<ProcessMemory>()).RunAsync(ends.Token);
        try
        {
            return await RunUntilEndAsync(path, settings, log, time, loggers, stop);
        }
        finally
        {
            await ends.CancelAsync();
            await givingBack;
        }
    }

    private static async Task<int> RunUntilEndAsync(string path, EdgeSettings settings, LogFile log, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        while (true)
        {
            var seat = new Seat(settings, loggers.CreateLogger<Seat>());
            var end = await RunOnceAsync(settings with { TruckId = seat.TruckId }, seat, log, time, loggers, stop);
            if (end.IsWipe)
            {
                await BoxWipe.RunAsync(settings, path, seat.Device!.Value, end.Assignment!.Wipe!, time, loggers, stop);
                return 0;
            }

            if (!end.IsMove || stop.IsCancellationRequested)
            {
                return end.IsRestart ? BoxUpgrades.RestartCode : 0;
            }
        }
    }

    private static async Task<RunEnd> RunOnceAsync(EdgeSettings settings, Seat seat, LogFile log, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        if (settings.TruckId.Length == 0)
        {
            return seat.IsEnrolled
                ? await new WaitingBox(settings, seat, log, time, loggers, Console.Out).RunAsync(stop)
                : throw new SettingsException("truckId is not set, and the certificate that would let the city say it cannot be read: run 'edge enroll'.");
        }

        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return await new EdgeRun(
            settings,
            seat,
            log,
            () => SessionId.Parse(RandomNumberGenerator.GetHexString(16, lowercase: true)),
            services.GetRequiredService<IMeterFactory>(),
            time,
            loggers,
            Console.Out).RunAsync(stop);
    }
}
