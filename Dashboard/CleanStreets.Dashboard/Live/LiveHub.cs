using System.Threading.Channels;
using CleanStreets.Dashboard.Ingest;

namespace CleanStreets.Dashboard.Live;

/// <summary>The loop that owns live state: applies what happens, and once a tick tells the browsers what changed.</summary>
/// <remarks>
/// Everything reaches it through one bounded channel; a full one slows the sender, so MQTT slows rather than memory
/// grows. Between ticks only the newest of each segment and truck is kept: the volume towards browsers depends on
/// what changed, not on how often. Ends when the program begins to stop, and ends all streams with it.
/// </remarks>
internal sealed class LiveHub : BackgroundService
{
    /// <summary>Most browsers at once.</summary>
    public const int MaxClients = 1000;

    // 5,000 recolours in one animation frame are free in the browser; more come as further events.
    private const int SegmentsPerEvent = 5000;

    private readonly Channel<LiveInput> _inputs = Channel.CreateBounded<LiveInput>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly HashSet<LiveClient> _clients = [];
    private readonly LiveRing _ring = new();
    private readonly LiveState _state;
    private readonly LiveBoard _board;
    private readonly IngestState _ingest;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveHub> _logger;
    private DateTimeOffset _lastKeepAlive;
    private int _clientCount;
    private long _evicted;

    public LiveHub(LiveBoard board, IngestState ingest, DashboardOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LiveHub> logger)
    {
        (_board, _ingest, _options, _time, _logger) = (board, ingest, options, time, logger);
        _state = new LiveState(board);

        // Ids grow over restarts too, so that a browser of before is told to start afresh. Safe integers for a million events a second.
        _board.Revision = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        _ring.StartAfter(_board.Revision);

        // Streams end when stopping begins: the server waits for open answers before anything else is stopped.
        lifetime.ApplicationStopping.Register(() => _inputs.Writer.TryComplete());
    }

    public int Clients => Volatile.Read(ref _clientCount);

    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Hands something to the loop; waits while it has too much to do. After the end it is forgotten.</summary>
    public async ValueTask PostAsync(LiveInput input)
    {
        while (!_inputs.Writer.TryWrite(input))
        {
            if (!await _inputs.Writer.WaitToWriteAsync())
            {
                if (input is LiveInput.ClientJoined joined)
                {
                    joined.Client.Complete();
                }

                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.LiveInterval, _time);
        var ticking = TickAsync(timer);
        while (await _inputs.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_inputs.Reader.TryRead(out var input))
            {
                Apply(input);
            }
        }

        foreach (var client in _clients)
        {
            client.Complete();
        }

        timer.Dispose();
        await ticking;
    }

    private async Task TickAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            await PostAsync(new LiveInput.Tick());
        }
    }

    private void Apply(LiveInput input)
    {
        switch (input)
        {
            case LiveInput.ScoreArrived arrived: _state.Put(arrived.Score); break;
            case LiveInput.ScoreCleared cleared: _state.Clear(cleared.Segment); break;
            case LiveInput.TruckArrived arrived: _state.Put(arrived.Truck); break;
            case LiveInput.TruckCleared cleared: _state.Clear(cleared.Truck); break;
            case LiveInput.StreetsLoaded loaded: ShowStreets(loaded); break;
            case LiveInput.OrdersChanged changed: ShowOrders(changed); break;
            case LiveInput.ClientJoined joined: Join(joined.Client); break;
            case LiveInput.ClientLeft left: Forget(left.Client); break;
            case LiveInput.Tick: Tick(); break;
        }
    }

    private void Tick()
    {
        while (_state.TakeSegments(SegmentsPerEvent) is { Count: > 0 } segments)
        {
            Send("seg", new { now = _time.GetUtcNow().ToUnixTimeMilliseconds(), segments }, Audience.Everybody);
        }

        if (_state.TakeTrucks() is { Count: > 0 } trucks)
        {
            Send("trucks", new { trucks }, Audience.Watchers);
        }

        ShowIngest();
        KeepAlive();
    }

    private void ShowIngest()
    {
        var before = _board.Ingest;
        var now = _ingest.Describe(_time.GetUtcNow(), before);
        _board.Ingest = now;
        if (now.State != before.State || now.Detail != before.Detail)
        {
            Send("ingest", now, Audience.Everybody);
        }
    }

    private void ShowStreets(LiveInput.StreetsLoaded loaded)
    {
        _state.Show(loaded.Map);
        Send("network", new { networkVersion = loaded.Map.Version }, Audience.Everybody);
    }

    private void ShowOrders(LiveInput.OrdersChanged changed)
    {
        foreach (var (segment, flags) in changed.Marks)
        {
            _state.Mark(segment, flags);
        }

        foreach (var (audience, data) in changed.Messages)
        {
            Send("orders", data, audience);
        }
    }

    private void KeepAlive()
    {
        var now = _time.GetUtcNow();
        if (now - _lastKeepAlive >= _options.KeepAlive)
        {
            _lastKeepAlive = now;
            Broadcast(new LiveFrame(0, "keep-alive", DashboardJson.Text(new { intervalSeconds = _options.KeepAlive.TotalSeconds }), Audience.Everybody));
        }
    }

    private void Join(LiveClient client)
    {
        var revision = _board.Revision;
        client.TrySend(new LiveFrame(0, "hello", DashboardJson.Text(new
        {
            revision,
            networkVersion = _board.Current?.Map.Version,
            now = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            keepAliveSeconds = _options.KeepAlive.TotalSeconds,
            ingest = _board.Ingest,
        }), Audience.Everybody));
        if (client.Since is { } since)
        {
            Replay(client, since, revision);
        }

        _clients.Add(client);
        Volatile.Write(ref _clientCount, _clients.Count);
    }

    private void Replay(LiveClient client, long since, long revision)
    {
        var missed = _ring.After(since, revision);
        if (missed is null || missed.Count > LiveClient.MaxWaiting / 2)
        {
            client.TrySend(new LiveFrame(revision, "reset", DashboardJson.Text(new { revision }), Audience.Everybody));
            return;
        }

        foreach (var frame in missed)
        {
            client.TrySend(frame);
        }
    }

    private void Forget(LiveClient client)
    {
        _clients.Remove(client);
        client.Complete();
        Volatile.Write(ref _clientCount, _clients.Count);
    }

    private void Send<T>(string eventType, T data, Audience audience) => Send(eventType, DashboardJson.Text(data), audience);

    private void Send(string eventType, string json, Audience audience)
    {
        var frame = new LiveFrame(_board.Revision + 1, eventType, json, audience);
        _ring.Add(frame);
        _board.Revision = frame.Id;
        Broadcast(frame);
    }

    private void Broadcast(LiveFrame frame)
    {
        foreach (var client in _clients.Where(client => !client.TrySend(frame)).ToArray())
        {
            Forget(client);
            client.Evict();
            Interlocked.Increment(ref _evicted);
            LiveLog.Evicted(_logger, LiveClient.MaxWaiting);
        }
    }
}
