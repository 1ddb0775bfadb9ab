using System.CommandLine;
using System.Globalization;
using CleanStreets.Launcher.Demo;
using CleanStreets.Launcher.Processes;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>demo</c>: everything on loopback with a simulated fleet and a crew that works.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Trucks = new("--trucks") { Description = "Simulated trucks.", DefaultValueFactory = _ => 12 };

    private static readonly Option<double> Speed = new("--speed")
    {
        Description = "How much faster than the clock simulated time runs until it has caught up with it.",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the simulated city's dirt and drivers.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> NoStory = new("--no-story") { Description = "Leave all work orders to you: no simulated crew." };

    public static Command Create(TimeProvider time)
    {
        var options = new ServiceOptions();
        var command = new Command("demo", "Run the whole product on this machine with simulated trucks.");
        options.AddTo(command);
        Speed.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var speed) && speed is not (> 0 and <= 10_000))
            {
                result.AddError($"--speed {token.Value}: must lie above 0 and up to 10,000.");
            }
        });
        Trucks.Validators.Add(ServiceOptions.AtLeast(1, 200));
        command.Add(Trucks);
        command.Add(Speed);
        command.Add(Seed);
        command.Add(NoStory);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, options, time, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ServiceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await ServeAsync(parsed, options, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                await Console.Out.WriteLineAsync("Stopped. Start it again and it goes on from the data it has.");
            }
        }
    }

    private static async Task<int> ServeAsync(ParseResult parsed, ServiceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var city = await City.StartAsync(CitySettings.From(parsed, options, demoUsers: true), cancellationToken);
        await city.AddAsync("edge", "Edge/CleanStreets.Edge", FleetArguments(parsed, city), cancellationToken);
        await Console.Out.WriteLineAsync(city.ReadyLine("demo"));
        await Console.Out.WriteLineAsync(Banner.Text(city.Http, city.Mqtt, city.Settings.Data.Path));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var story = parsed.GetValue(NoStory)
            ? Task.CompletedTask
            : new CrewStory(new DashboardClient(new Uri(city.Http)), Console.Out, time).RunAsync(stopping.Token);
        var exitCode = await city.RunUntilStoppedAsync(time, cancellationToken);
        await stopping.CancelAsync();
        await story;
        return exitCode;
    }

    private static IEnumerable<string> FleetArguments(ParseResult parsed, City city) =>
    [
        "simulate", "--mqtt", city.Mqtt, "--data", city.Settings.Data.Edge, "--streets", city.Settings.Streets,
        "--trucks", parsed.GetValue(Trucks).ToString(CultureInfo.InvariantCulture),
        "--speed", parsed.GetValue(Speed).ToString(CultureInfo.InvariantCulture),
        "--seed", parsed.GetValue(Seed).ToString(CultureInfo.InvariantCulture),
    ];
}
