using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using CleanStreets.Contracts;
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
        command.SetAction((parsed, stop) => RunAsync(EdgeSettingsFile.Read(parsed.GetRequiredValue(Settings)), time, stop));
        return command;
    }

    private static async Task<int> RunAsync(EdgeSettings settings, TimeProvider time, CancellationToken stop)
    {
        using var loggers = LoggerFactory.Create(builder => builder
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("CleanStreets.Mqtt", LogLevel.Error)); // FleetLinks says once what matters of the link.
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return await new EdgeRun(
            settings,
            () => SessionId.Parse(RandomNumberGenerator.GetHexString(16, lowercase: true)),
            services.GetRequiredService<IMeterFactory>(),
            time,
            loggers,
            Console.Out).RunAsync(stop);
    }
}
