using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>Drives the simulated city in simulated time until it is stopped.</summary>
internal sealed class CityRun(CitySimulation simulation, SimulateOptions options, Fleet fleet, CityFacts facts, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(CancellationToken stop)
    {
        var stations = simulation.Trucks.ToDictionary(t => t.Index, t => fleet.Add(t.Id));
        fleet.AddLeftovers([]);
        await facts.StartAsync(stop);
        var clock = new SimulatedClock(simulation.NextMs, options.Speed, time);
        SimulateLog.Began(logger, DateTimeOffset.FromUnixTimeMilliseconds(simulation.NextMs), options.Speed);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                while (facts.Claims.TryRead(out var claim))
                {
                    simulation.Clean(claim);
                }

                // A second happens when it is over: readings inside it must not lie ahead of the clock.
                for (var now = clock.NowMs; simulation.NextMs + 1000 <= now && !stop.IsCancellationRequested;)
                {
                    await simulation.StepAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), (truck, ms, drove, city) =>
                    {
                        var reading = truck.Eyes.Look(truck, drove, city, ms);
                        return stations[truck.Index].TakeAsync(in reading, truck.Eyes.Detections);
                    });
                    fleet.Count(simulation.Trucks.Count);
                }

                await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            simulation.Close();
        }
    }
}
