using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Publish;

/// <summary>When a truck says how it is, and what: birth, position while it moves, good-bye, and the last will.</summary>
internal sealed class TruckStatusPublisher(TruckId truck, PublishOptions options, Func<TruckPosition?> position, TimeProvider time)
{
    private long? _publishedAt;
    private TruckPosition? _published;
    private long? _cardAt;
    private int _isDue;
    private TaskCompletionSource<TruckStatus> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The status that is made next. Any thread.</summary>
    public Task<TruckStatus> Next => Volatile.Read(ref _next).Task;

    public TruckStatus Will() => new()
    {
        TruckId = truck,
        State = TruckState.Lost,
        At = time.GetUtcNow(),
        Simulated = options.Simulated,
        AgentVersion = options.AgentVersion,
        DeviceId = options.Box?.Device.Value,
    };

    /// <summary>After a reconnect the server may still show the will: say at once that the truck is back.</summary>
    public void Reconnected()
    {
        _cardAt = null;
        SayNow();
    }

    /// <summary>Something changed that the city waits to hear. Any thread.</summary>
    public void SayNow() => Volatile.Write(ref _isDue, 1);

    public async Task PublishDueAsync(ICityLink link, IReadOnlyList<SessionSender> senders, CancellationToken cancellationToken)
    {
        var interval = position() is { } now && !now.Equals(_published) ? options.StatusInterval : options.QuietStatusInterval;
        if (Interlocked.Exchange(ref _isDue, 0) == 1 || _publishedAt is not { } last || time.GetElapsedTime(last) >= interval)
        {
            await PublishAsync(link, TruckState.Ready, senders, cancellationToken);
        }
    }

    public async Task PublishAsync(ICityLink link, TruckState state, IReadOnlyList<SessionSender> senders, CancellationToken cancellationToken)
    {
        _published = position();
        _publishedAt = time.GetTimestamp();
        var oldest = senders.Select(s => s.OldestCapturedAtMs).Min();
        var status = new TruckStatus
        {
            TruckId = truck,
            State = state,
            At = time.GetUtcNow(),
            Position = _published,
            SpoolReadings = senders.Sum(s => s.Session.Unstored),
            SpoolOldestAt = oldest is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            Simulated = options.Simulated,
            AgentVersion = options.AgentVersion,
            DeviceId = options.Box?.Device.Value,
            Camera = options.Camera?.Invoke(),
            Model = Model(),
            Health = options.Health?.Invoke(),
            Settings = options.Settings?.Invoke(),
            Upgrade = options.Upgrade?.Invoke(),
        };
        Interlocked.Exchange(ref _next, new TaskCompletionSource<TruckStatus>(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(status);
        await link.SayAsync(status, cancellationToken);
    }

    /// <summary>The card is larger than all the rest, and changes with the model only.</summary>
    private ModelStatus? Model()
    {
        if (options.Model is not { } model || (_cardAt is { } last && time.GetElapsedTime(last) < options.CardInterval))
        {
            return options.Model is { Version: var version } ? new ModelStatus(version) : null;
        }

        _cardAt = time.GetTimestamp();
        return model;
    }
}
