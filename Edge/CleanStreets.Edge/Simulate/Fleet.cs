using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>The boxes of all trucks in this process, on one spool. Trucks may come and go while it runs.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly SimulateOptions _options;
    private readonly FleetSpool _spool;
    private readonly PublishOptions _publish;
    private readonly Func<TruckId, SessionId> _newSession;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<TruckId, List<SpoolSession>> _leftovers;
    private readonly List<TruckStation> _stations = [];
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _unstoredElsewhere;
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
    public long Acknowledged => _spool.Stored;

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
    public TruckStation Add(TruckId truck)
    {
        _leftovers.Remove(truck, out var leftovers);
        var station = new TruckStation(truck, _spool, _options.Format, _newSession, station => new TruckLink(
            truck, station.Live, leftovers ?? [], _spool, () => station.Position, _publish, Counters, Links, _time, _loggers));
        lock (_stations)
        {
            _stations.Add(station);
        }

        Watch(station.Sending);
        return station;
    }

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
    public async Task RemoveAsync(TruckStation station)
    {
        lock (_stations)
        {
            _stations.Remove(station);
        }

        Interlocked.Add(ref _unstoredElsewhere, station.Link.Unstored);
        await station.DisposeAsync();
    }

    public void Count(int readings) => Interlocked.Add(ref _readings, readings);

    /// <summary>Waits until every truck has been connected once.</summary>
    public Task ConnectedAsync(CancellationToken stop) => Task.WhenAll(Stations.Select(s => s.Link.ConnectedOnce)).WaitAsync(stop);

    public async ValueTask DisposeAsync() => await Task.WhenAll(Stations.Select(s => s.DisposeAsync().AsTask()));

    private void Watch(Task task) => _ = task.ContinueWith(
        t => _broken.TrySetException(t.Exception!.InnerExceptions), default, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
