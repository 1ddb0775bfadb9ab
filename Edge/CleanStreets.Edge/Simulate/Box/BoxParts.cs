using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Spool;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>What all boxes of a simulated fleet share.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Publish">How they send.</param>
/// <param name="Fleet">Their stations.</param>
/// <param name="Spools">The spools of boxes that have their own.</param>
/// <param name="Wall">The wall clock.</param>
internal sealed record BoxParts(SimulateOptions Options, PublishOptions Publish, Fleet Fleet, OwnSpools Spools, TimeProvider Wall);

/// <summary>What is particular about a station. Absent: the fleet's.</summary>
internal sealed record StationParts
{
    /// <summary>A spool of its own, with what earlier openings left.</summary>
    public FleetSpool? Spool { get; init; }

    /// <summary>What its link takes for the time.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Where the truck is, for its status.</summary>
    public Func<TruckPosition?>? Position { get; init; }

    /// <summary>Whether readings of now get a session of their own after an outage.</summary>
    public bool HasLanes { get; init; }

    /// <summary>How it sends.</summary>
    public PublishOptions? Publish { get; init; }
}

/// <summary>An agent while it runs.</summary>
internal sealed record RunningAgent(TruckStation Station, FleetSpool? Spool, TruckClock Clock, PositionKeeper Keeper, ReadingMaker Maker)
{
    private SpoolSession? _counted;

    /// <summary>Readings handed to the session of now.</summary>
    public long MadeInLive { get; private set; }

    /// <summary>Counts one more.</summary>
    public void CountMade()
    {
        MadeInLive = Station.Live == _counted ? MadeInLive + 1 : 1;
        _counted = Station.Live;
    }
}

/// <summary>Spools of boxes that end and start again by themselves, each in a folder of its own.</summary>
internal sealed class OwnSpools(SimulateOptions options, Fleet fleet, TimeProvider wall, ILogger logger) : IAsyncDisposable
{
    private readonly List<FleetSpool> _idle = [];

    /// <summary>Sends what trucks that are not on the road this time left in theirs.</summary>
    public void AddLeftovers(IReadOnlyCollection<TruckId> onTheRoad)
    {
        if (!Directory.Exists(options.OwnSpoolsFolder))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(options.OwnSpoolsFolder))
        {
            if (TruckId.TryCreate(Path.GetFileName(folder), out var truck) && !onTheRoad.Contains(truck))
            {
                var spool = Open(truck);
                _idle.Add(spool);
                if (spool.Leftovers.Count > 0)
                {
                    fleet.Add(truck, new StationParts { Spool = spool });
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var spool in _idle)
        {
            await spool.DisposeAsync();
        }
    }

    /// <summary>Whether a truck has one already.</summary>
    public bool Exists(TruckId truck) => Directory.Exists(FolderOf(truck));

    /// <summary>Opens a truck's.</summary>
    /// <exception cref="SimulateException">The truck has readings on the shared spool.</exception>
    public FleetSpool Open(TruckId truck)
    {
        if (fleet.HasLeftovers(truck))
        {
            throw new SimulateException($"{truck} has readings in {options.SpoolFolder} that are not sent, and this story gives it a spool of its own: run without the story until they are sent, or name another --data.");
        }

        return FleetSpool.Open(new SpoolOptions { Folder = FolderOf(truck) }, wall, logger);
    }

    private string FolderOf(TruckId truck) => Path.Combine(options.OwnSpoolsFolder, truck.Value);
}

/// <summary>How the link of a simulated truck waits: as a real one, at the simulation's speed.</summary>
internal static class LinkPace
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestAtLeast = TimeSpan.FromMilliseconds(200);

    /// <summary>Leads through a gate.</summary>
    public static MqttClientOptions Through(MqttClientOptions options, int port, double speed) => options with
    {
        Host = "127.0.0.1",
        Port = port,
        ReconnectMinDelay = Faster(options.ReconnectMinDelay, speed, Shortest),
        ReconnectMaxDelay = Faster(options.ReconnectMaxDelay, speed, LongestAtLeast),
    };

    private static TimeSpan Faster(TimeSpan delay, double speed, TimeSpan least) => delay / Math.Max(1, speed) is var scaled && scaled > least ? scaled : least;
}
