using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Scoring.Streets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>The simulated city: streets, dirt, trucks, one second after another. The same seed gives the same readings.</summary>
/// <remarks>Used by one loop. Only claims of cleaning, which come from outside, can make two runs differ.</remarks>
internal sealed class CitySimulation
{
    // The city believes a pass from a minute after the crew was done: clocks of phones and trucks differ.
    private const long BelievedAfterMs = 65_000;

    // A truck's clock must not go back when the power was cut: the state on disk runs ahead of the readings by this much.
    private const long ReservedMs = 300_000;
    private const long ReservedBeyondNowMs = 10_000;

    private readonly SimulateOptions _options;
    private readonly StreetNetwork _streets;
    private readonly DirtyCity _city;
    private readonly FleetPlan _plan;
    private readonly List<CleanedStreet> _cleaned;
    private readonly List<RouteLeg> _drove = [];
    private readonly HashSet<string> _factsSeen = [];
    private readonly long _beganMs;
    private readonly ILogger _logger;
    private long _reservedMs;

    public CitySimulation(SimulateOptions options, StreetNetwork streets, WorldState? earlier, long nowMs, ILogger logger)
    {
        (_options, _streets, _logger) = (options, streets, logger);
        var start = options.From?.ToUnixTimeMilliseconds() ?? nowMs - (long)options.Back.TotalMilliseconds;
        var same = earlier is not null && earlier.NetworkVersion == streets.Version && earlier.Seed == options.Seed;
        _beganMs = same ? earlier!.BeganMs : start;
        _cleaned = same ? [.. earlier!.Cleaned] : [];
        NextMs = (Math.Max(start, (earlier?.ThroughMs ?? 0) + 1000) / 1000 * 1000) + 1000;
        int? story = options.DirtyStreet ? DirtyCity.ChooseStory(streets) : null;
        _city = new DirtyCity(streets, options.Seed, _beganMs, story);
        foreach (var cleaned in _cleaned)
        {
            if (SegmentId.TryCreate(cleaned.SegmentId, out var id) && streets.TryFind(id, out var segment))
            {
                _city.Clean(segment.Index, cleaned.AtMs);
            }
        }

        _plan = new FleetPlan(streets, options.Seed);
        Trucks = [.. Enumerable.Range(0, options.Trucks).Select(i => new SimulatedTruck(TruckId.Parse(TruckName(i)), i, streets, _plan, options.Seed))];
        if (story is { } segmentOfStory)
        {
            _plan.Inspect(segmentOfStory, 0, Math.Min(2, options.Trucks));
            SimulateLog.Story(logger, streets.Segments[segmentOfStory].ToString());
        }
    }

    public IReadOnlyList<SimulatedTruck> Trucks { get; }

    /// <summary>The streets.</summary>
    public StreetNetwork Streets => _streets;

    /// <summary>Name of the truck at a place in the fleet, from 0.</summary>
    public static string TruckName(int index) => $"truck-{index + 1:D3}";

    /// <summary>The second that comes next.</summary>
    public long NextMs { get; private set; }

    /// <summary>Segments seen since the start.</summary>
    public int SegmentsSeen => _plan.Seen;

    /// <summary>A crew says that it cleaned: the dirt goes, and other trucks will look.</summary>
    public void Clean(Fact claim)
    {
        if (!_factsSeen.Add(claim.FactId) || !_streets.TryFind(claim.SegmentId, out var segment))
        {
            return;
        }

        var atMs = claim.At.ToUnixTimeMilliseconds();
        _city.Clean(segment.Index, atMs);
        _cleaned.Add(new CleanedStreet(segment.Id.Value, atMs));
        _plan.Inspect(segment.Index, atMs + BelievedAfterMs, passes: 2);
        SimulateLog.Cleaned(_logger, segment.ToString(), claim.By ?? "somebody");
        Save(_reservedMs);
    }

    /// <summary>Puts the market of a story into the city.</summary>
    public void Hold(StoryEpisode market)
    {
        var told = market.Event;
        foreach (var segment in market.Segments)
        {
            _city.Hold(segment, Market.On(
                _streets.Segments[segment], market.Number, market.FromMs, market.ToMs, told.Litter!.Value, told.Hides ?? 0, told.Piles ?? 0, _options.Seed));
        }
    }

    /// <summary>Lets the next second happen and hands over what each truck saw.</summary>
    public async ValueTask StepAsync(long wallMs, Func<SimulatedTruck, long, List<RouteLeg>, DirtyCity, ValueTask> saw)
    {
        if (NextMs >= _reservedMs)
        {
            Save(Math.Max(NextMs + 1000, Math.Min(NextMs + ReservedMs, wallMs + ReservedBeyondNowMs)));
        }

        _plan.Dispatch(Trucks, NextMs);
        foreach (var truck in Trucks)
        {
            _drove.Clear();
            truck.Step(NextMs, _drove);
            await saw(truck, NextMs + (truck.Index * 37 % 1000), _drove, _city); // Trucks do not tick together.
        }

        NextMs += 1000;
    }

    /// <summary>Keeps what the next start must know.</summary>
    public void Close() => Save(NextMs);

    private void Save(long throughMs)
    {
        _reservedMs = throughMs;
        new WorldState(_streets.Version, _options.Seed, _beganMs, throughMs, _cleaned).Write(_options.WorldFile);
    }
}
