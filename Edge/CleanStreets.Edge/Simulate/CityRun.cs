using CleanStreets.Contracts.Facts;
using CleanStreets.Edge.Simulate.Box;
using CleanStreets.Edge.Simulate.Stories;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>Drives the simulated city in simulated time until its stories are told, or until it is stopped.</summary>
/// <remarks>
/// Simulated time waits for what takes real time at any speed: links that come back, agents that start again. So the same stories make the same readings however fast they are told.
/// </remarks>
internal sealed class CityRun(CitySimulation simulation, StoryPlan plan, BoxParts parts, CityFacts facts, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    // Longer than any wait of a link that is there; without a server the stories go on without it.
    private static readonly TimeSpan LinkPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<int, SimulatedBox> _boxes = [];
    private readonly List<SimulatedBox> _returning = [];
    private SimulatedClock? _clock;

    /// <summary>What became of each truck's readings; complete when the run is over.</summary>
    public IReadOnlyList<BoxLedger> Ledgers => [.. _boxes.OrderBy(box => box.Key).Select(box => box.Value.Ledger)];

    /// <summary>Runs.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var options = parts.Options;
        foreach (var truck in simulation.Trucks.Where(truck => options.Only is not { } only || only.Contains(truck.Index)))
        {
            _boxes.Add(truck.Index, new SimulatedBox(truck, parts, plan));
        }

        parts.Fleet.AddLeftovers([]);
        parts.Spools.AddLeftovers([.. _boxes.Values.Select(box => box.Ledger.Truck)]);
        await facts.StartAsync(stop);
        Tell();
        if (plan.Episodes.Count > 0)
        {
            await AwaitLinksAsync([.. _boxes.Values], stop);
        }

        var endMs = options.Lasts is { } lasts ? plan.BeginMs + (long)lasts.TotalMilliseconds : long.MaxValue;
        _clock = new SimulatedClock(simulation.NextMs, options.Speed, time);
        SimulateLog.Began(logger, DateTimeOffset.FromUnixTimeMilliseconds(simulation.NextMs), options.Speed);
        try
        {
            while (!stop.IsCancellationRequested && simulation.NextMs < endMs)
            {
                while (facts.Claims.TryRead(out var claim))
                {
                    simulation.Clean(claim);
                }

                // A second happens when it is over: readings inside it must not lie ahead of the clock.
                while (simulation.NextMs + 1000 <= _clock.NowMs && simulation.NextMs < endMs && !stop.IsCancellationRequested)
                {
                    await SecondAsync(stop);
                }

                await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            simulation.Close();
        }

        await StoredAsync(stop);
        foreach (var box in _boxes.Values)
        {
            box.Note();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var box in _boxes.Values)
        {
            await box.DisposeAsync();
        }
    }

    private async Task SecondAsync(CancellationToken stop)
    {
        Sweep();
        await simulation.StepAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), async (truck, ms, drove, city) =>
        {
            if (_boxes.TryGetValue(truck.Index, out var box) && await box.SecondAsync(ms, drove, city))
            {
                _returning.Add(box);
            }
        });
        parts.Fleet.Count(_boxes.Count);
        if (_returning.Count > 0)
        {
            var began = time.GetTimestamp();
            await AwaitLinksAsync(_returning, stop);
            _returning.Clear();
            _clock!.Held(time.GetElapsedTime(began));
        }
    }

    /// <summary>Says in the log what will happen, and puts markets into the city.</summary>
    private void Tell()
    {
        foreach (var episode in plan.Episodes)
        {
            SimulateLog.Episode(logger, episode.Story, StoryFacts.Sentence(episode, simulation.Streets));
            if (episode.Event.Do == StoryAction.Market)
            {
                simulation.Hold(episode);
            }
        }
    }

    private void Sweep()
    {
        foreach (var episode in plan.Episodes)
        {
            if (episode.Event.Do == StoryAction.Sweep && episode.FromMs >= simulation.NextMs && episode.FromMs < simulation.NextMs + 1000)
            {
                foreach (var segment in episode.Segments)
                {
                    var claim = new Fact
                    {
                        FactId = $"sweep-{plan.BeginMs}-{episode.Number}-{segment}",
                        SegmentId = simulation.Streets.Segments[segment].Id,
                        Kind = FactKind.CleaningClaimed,
                        At = DateTimeOffset.FromUnixTimeMilliseconds(episode.FromMs),
                        By = $"story {episode.Story}",
                    };
                    simulation.Clean(claim);
                    facts.Say(claim);
                }
            }
        }
    }

    private async Task AwaitLinksAsync(IReadOnlyList<SimulatedBox> boxes, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (boxes.Any(box => !box.IsConnected) && time.GetElapsedTime(began) < LinkPatience && !stop.IsCancellationRequested)
        {
            await Task.Delay(Look, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until the city has stored everything, or nothing of it for a minute.</summary>
    private async Task StoredAsync(CancellationToken stop)
    {
        foreach (var box in _boxes.Values)
        {
            box.Drain();
        }

        var (stored, since) = (parts.Fleet.Acknowledged, time.GetTimestamp());
        while (_boxes.Values.Any(box => box.IsWaiting) && time.GetElapsedTime(since) < StorePatience && !stop.IsCancellationRequested)
        {
            await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (stored, since) = parts.Fleet.Acknowledged is var now && now != stored ? (now, time.GetTimestamp()) : (stored, since);
        }

        await facts.SaidAsync(stop);
    }
}
