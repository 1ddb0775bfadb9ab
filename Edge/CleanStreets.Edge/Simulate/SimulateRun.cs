using System.Diagnostics.Metrics;
using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Simulate.Box;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Spool;
using CleanStreets.Scoring.Streets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>Puts spool, fleet and city together, runs them until they are stopped, and takes them apart in order.</summary>
internal sealed class SimulateRun(
    SimulateOptions options, Func<TruckId, SessionId> newSession, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers, TextWriter output)
{
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = loggers.CreateLogger<SimulateRun>();

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var traces = options.Replay is { } replay ? ReplayTraces.Read(replay) : null;
        var streets = traces is null || options.Camera ? StreetsOf(options.Streets) : null;
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = options.SpoolFolder }, time, _logger);
        var publish = new PublishOptions
        {
            Host = options.Host,
            Port = options.Port,
            SetAsideFolder = Path.Combine(options.Data, "set-aside"),
            Simulated = true,
            AgentVersion = typeof(SimulateRun).Assembly.GetName().Version?.ToString(3),
        };
        await using var fleet = new Fleet(options, publish, spool, newSession, time, loggers);
        _ = new EdgeMetrics(meters, spool, fleet.Counters, () => fleet.Readings);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var driving = traces is not null
            ? new ReplayRun(traces, streets, options, fleet, time, _logger).RunAsync(ending.Token)
            : DriveCityAsync(streets!, publish, fleet, ending.Token);
        var telling = TellAsync(fleet, traces is null ? options.Only?.Count ?? options.Trucks : Math.Min(options.Trucks, traces.Count), ending.Token);
        var first = await Task.WhenAny(driving, fleet.Broken);
        await ending.CancelAsync();
        await telling;
        await first; // A broken spool or link throws here.
        await driving;
        Summarise(fleet);
        if (traces is not null && !stop.IsCancellationRequested)
        {
            await output.WriteLineAsync($"replayed {fleet.Readings} readings of {traces.Count} traces; all of them stored");
        }

        return 0;
    }

    private async Task DriveCityAsync(StreetNetwork streets, PublishOptions publish, Fleet fleet, CancellationToken stop)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var simulation = new CitySimulation(options, streets, WorldState.Read(options.WorldFile), now, _logger);
        var plan = new StoryPlan(options.Stories, streets, options.Trucks, options.Seed, simulation.NextMs);
        await using var facts = new CityFacts(publish, $"simulator-{newSession(default)}", time, loggers);
        await using var spools = new OwnSpools(options, fleet, time, _logger);
        await using var run = new CityRun(simulation, plan, new BoxParts(options, publish, fleet, spools, time), facts, time, _logger);
        await run.RunAsync(stop);
        if (options.Stories.Count > 0 || options.Lasts is not null)
        {
            await SayAsync(StoryFacts.Of(plan, options.Seed, simulation.NextMs, streets, run.Ledgers, fleet.Counters.Sent));
        }
    }

    private async Task SayAsync(StoryFacts facts)
    {
        foreach (var line in options.Json ? [facts.ToJson()] : facts.Lines())
        {
            await output.WriteLineAsync(line);
        }
    }

    /// <summary>Says when all trucks are connected, then now and then how it goes.</summary>
    private async Task TellAsync(Fleet fleet, int trucks, CancellationToken stop)
    {
        try
        {
            while (fleet.Readings == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, stop);
            }

            await fleet.ConnectedAsync(stop);
            await output.WriteLineAsync($"ready edge trucks={trucks}");
            await output.FlushAsync(stop);
            while (true)
            {
                await Task.Delay(SummaryInterval, time, stop);
                Summarise(fleet);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private void Summarise(Fleet fleet) =>
        SimulateLog.Summary(_logger, fleet.Readings, fleet.Unstored, fleet.Acknowledged, fleet.Links.Connected);

    private static StreetNetwork StreetsOf(string streets)
    {
        const string Generated = "generated:";
        if (!streets.StartsWith(Generated, StringComparison.Ordinal))
        {
            return StreetFile.Read(streets);
        }

        return int.TryParse(streets.AsSpan(Generated.Length), out var seed)
            ? GeneratedCity.Create(seed)
            : throw new SimulateException($"--streets {streets}: write generated:SEED with a whole number, for example generated:1.");
    }
}
