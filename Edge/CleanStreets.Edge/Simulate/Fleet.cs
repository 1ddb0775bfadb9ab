using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Simulate.Box;
using CleanStreets.Edge.Spool;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>The boxes of all trucks in this process, on one spool. Trucks may come and go while it runs.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    // A box with a spool of its own keeps on it what is true of its sessions, as a real one does.
    private static readonly SessionAbout About = new("simulator", "simulated-kerb", "simulated-1");

    private readonly SimulateOptions _options;
    private readonly FleetSpool _spool;
    private readonly PublishOptions _publish;
    private readonly Func<TruckId, SessionId> _newSession;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<TruckId, List<SpoolSession>> _leftovers;
    private readonly List<TruckStation> _stations = [];
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<TruckStation, FleetSpool> _own = [];
    private long _unstoredElsewhere;
    private long _storedElsewhere;
    private long _droppedElsewhere;
    private long _readings;

    public Fleet(SimulateOptions options, PublishOptions publish, FleetSpool spool, Func<TruckId, SessionId> newSession, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _publish, _spool, _newSession, _time, _loggers) = (options, publish, spool, newSession, time, loggers);
        _leftovers = spool.Leftovers.GroupBy(s => s.TruckId).ToDictionary(g => g.Key, g => g.ToList());
        Links = new FleetLinks($"{publish.Host}:{publish.Port}", time, loggers.CreateLogger<FleetLinks>());
        Watch(spool.Completion);
    }

    public PublishCounters Counters { get; } = new();

    public FleetLinks Links { get; }

    /// <summary>Faults when the spool or a link breaks for good.</summary>
    public Task Broken => _broken.Task;

    /// <summary>Readings taken since the start.</summary>
    public long Readings => Volatile.Read(ref _readings);

    /// <summary>Readings that the city has not stored.</summary>
    public long Unstored => Stations.Sum(s => s.Link.Unstored) + Volatile.Read(ref _unstoredElsewhere);

    /// <summary>Readings that the city has stored since the start, those of earlier starts included.</summary>
    public long Acknowledged => _spool.Stored + Volatile.Read(ref _storedElsewhere) + OwnSpools.Sum(spool => spool.Stored);

    /// <summary>Readings dropped by full spools since the start.</summary>
    public long Dropped => _spool.Dropped + Volatile.Read(ref _droppedElsewhere) + OwnSpools.Sum(spool => spool.Dropped);

    private FleetSpool[] OwnSpools
    {
        get
        {
            lock (_stations)
            {
                return [.. _own.Values];
            }
        }
    }

    private TruckStation[] Stations
    {
        get
        {
            lock (_stations) // Cold: the summary line and the coming and going of trucks.
            {
                return [.. _stations];
            }
        }
    }

    /// <summary>Brings a truck on the road, with what its earlier sessions left.</summary>
    public TruckStation Add(TruckId truck, StationParts? parts = null)
    {
        _leftovers.Remove(truck, out var leftovers);
        var spool = parts?.Spool ?? _spool;
        var lane = new LiveLane(spool, truck, () => _newSession(truck), parts?.Spool is null ? null : About);
        var station = new TruckStation(lane, _options.Format, station => new TruckLink(
            truck, station.Live, parts?.Spool?.Leftovers ?? leftovers ?? [], spool, parts?.Position ?? (() => station.Position),
            parts?.Publish ?? _publish, Counters, Links, parts?.Time ?? _time, _loggers,
            new UploadBudget(null, _time) { BacklogBytesASecond = _options.BacklogBytesASecond }, parts?.HasLanes == true ? lane : null));
        lock (_stations)
        {
            _stations.Add(station);
            if (parts?.Spool is { } own)
            {
                _own.Add(station, own);
            }
        }

        Watch(spool.Completion);
        Watch(station.Sending);
        return station;
    }

    /// <summary>Whether a truck has readings of earlier starts on the shared spool.</summary>
    public bool HasLeftovers(TruckId truck) => _leftovers.ContainsKey(truck);

    /// <summary>Boxes of trucks that are not on the road this time and still have readings to send.</summary>
    /// <param name="coming">Trucks that come on the road later and take their leftovers along: one connection a truck.</param>
    public void AddLeftovers(IEnumerable<TruckId> coming)
    {
        foreach (var truck in _leftovers.Keys.Except(coming).ToList())
        {
            Add(truck);
        }
    }

    /// <summary>Takes a truck off the road.</summary>
    /// <param name="station">Its station.</param>
    /// <param name="comesBack">Another station will take over what it leaves on its spool.</param>
    public async Task RemoveAsync(TruckStation station, bool comesBack = false)
    {
        FleetSpool? own;
        lock (_stations)
        {
            _stations.Remove(station);
            _own.Remove(station, out own);
        }

        await station.DisposeAsync();
        Interlocked.Add(ref _unstoredElsewhere, comesBack ? 0 : station.Link.Unstored);
        Interlocked.Add(ref _storedElsewhere, own?.Stored ?? 0);
        Interlocked.Add(ref _droppedElsewhere, own?.Dropped ?? 0);
    }

    public void Count(int readings) => Interlocked.Add(ref _readings, readings);

    /// <summary>Waits until every truck has been connected once.</summary>
    public Task ConnectedAsync(CancellationToken stop) => Task.WhenAll(Stations.Select(s => s.Link.ConnectedOnce)).WaitAsync(stop);

    public async ValueTask DisposeAsync() => await Task.WhenAll(Stations.Select(s => s.DisposeAsync().AsTask()));

    private void Watch(Task task) => _ = task.ContinueWith(
        t => _broken.TrySetException(t.Exception!.InnerExceptions), default, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
