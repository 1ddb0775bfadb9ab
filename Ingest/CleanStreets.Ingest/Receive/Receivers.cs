using System.Net;
using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Receive;

/// <summary>All ways in, and where marks and scores go out: our own listener, somebody else's broker, events over HTTP.</summary>
/// <remarks>
/// Listening begins at once, so that trucks find us; taking begins with <see cref="OpenAsync"/>. <see cref="CompleteAsync"/> ends taking and
/// leaves the links up for the acknowledgements that are still to come; <see cref="StopAsync"/> says good-bye.
/// </remarks>
internal sealed class Receivers : IOutlet, IAsyncDisposable
{
    private static readonly TimeSpan OutletPatience = TimeSpan.FromSeconds(3);

    private readonly PublishReceiver _publishes;
    private readonly MqttListener? _listener;
    private readonly TimeProvider _time;
    private readonly List<Task> _running = [];

    // Only Acknowledge touches it.
    private readonly List<PublishToken> _tokens = [];
    private Task _outletRunning = Task.CompletedTask;

    public Receivers(RunSettings settings, IngestOptions options, BatchPool pool, IntakeQueue output, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _publishes = new PublishReceiver(Filler(), Topics.Default);
        Events = new EventReceiver(Filler(), options.Events);
        Releases = new ReleaseReceiver(Filler());
        Broker = settings.Broker is { } address ? new BrokerLink(address, options.Broker, Filler(), time, loggers) : null;
        if (settings.Listener is { } listener)
        {
            _listener = new MqttListener(listener with { Budget = options.Budget.ForListener() }, _publishes, time, loggers.CreateLogger<MqttListener>());
            pool.RoomAgain = _listener.ResumeReading;
        }

        BatchFiller Filler() => new(pool, output, options.Pipeline, time);
    }

    public EventReceiver Events { get; }

    /// <summary>Takes what was released from quarantine.</summary>
    public ReleaseReceiver Releases { get; }

    /// <summary>Null when we receive from no broker.</summary>
    public BrokerLink? Broker { get; }

    /// <summary>What our own listener has done; all zero without one.</summary>
    public MqttListenerCounters Listener => _listener?.Counters ?? new MqttListenerCounters();

    /// <summary>Where our own listener listens; null without one.</summary>
    public IPEndPoint? ListenerEndpoint => _listener?.LocalEndpoint;

    /// <summary>Where our own listener listens, the clear-text endpoint first; none without one.</summary>
    public IReadOnlyList<MqttEndpoint> ListenerEndpoints => _listener?.LocalEndpoints ?? [];

    /// <summary>Where trucks and viewers connect.</summary>
    public string MqttAddress => ListenerEndpoint?.ToString() ?? Broker!.Address.ToString();

    /// <summary>Begins to listen. <paramref name="failed"/> is told when the listener's loop ends by itself.</summary>
    public async Task StartAsync(Action<Exception> failed, CancellationToken cancellationToken)
    {
        if (_listener is null)
        {
            return;
        }

        await _listener.StartAsync(cancellationToken);
        _ = _listener.Completion.ContinueWith(
            ended => failed(ended.Exception!.GetBaseException()),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    /// <summary>Admission is complete: from now on everything is taken.</summary>
    public async Task OpenAsync(Func<string, Func<Task>, Task> run, CancellationToken cancellationToken)
    {
        _publishes.Open();
        Events.Open();
        _listener?.ResumeReading();
        _running.Add(run("events", Events.RunAsync));
        _running.Add(run("releases", Releases.RunAsync));
        if (Broker is not null)
        {
            _running.Add(run("broker", Broker.Receiver.RunAsync));
            _outletRunning = run("broker outlet", Broker.Outlet.RunAsync);
            await Broker.StartAsync(cancellationToken);
        }
    }

    public async ValueTask PublishAsync(Mqtt.MqttMessage message)
    {
        if (_listener is not null)
        {
            await _listener.PublishAsync(message, CancellationToken.None);
        }

        Broker?.Outlet.Publish(message);
    }

    public bool TryPublish(Mqtt.MqttMessage message)
    {
        var isTaken = _listener?.TryPublish(message) ?? true;
        if (isTaken && message.Payload.IsEmpty)
        {
            Broker?.Outlet.Clear(message);
        }
        else if (isTaken)
        {
            Broker?.Outlet.Publish(message);
        }

        return isTaken;
    }

    /// <remarks>Our own listener retains in memory: what ends before it was cleared there is gone with it.</remarks>
    public bool IsCleared(string topic) => Broker?.Outlet.IsCleared(topic) ?? true;

    /// <summary>Tells everybody who has something in these batches that it is on disk: the listener once for all of them, because each time may wake it.</summary>
    public void Acknowledge(IReadOnlyList<IngestBatch> batches)
    {
        _tokens.Clear();
        foreach (var batch in batches)
        {
            _tokens.AddRange(batch.Tokens);
        }

        if (_tokens.Count > 0)
        {
            _listener!.Acknowledge(CollectionsMarshal.AsSpan(_tokens));
        }

        foreach (var batch in batches)
        {
            foreach (var receipt in batch.Receipts)
            {
                receipt.Settled();
            }
        }
    }

    /// <summary>Takes nothing more; returns when everything taken is handed over.</summary>
    public async Task CompleteAsync()
    {
        if (_listener is not null)
        {
            await _listener.StopReceivingAsync();
        }

        _publishes.Complete();
        Events.Complete();
        Releases.Complete();
        Broker?.Receiver.Complete();
        await Task.WhenAll(_running);
    }

    /// <summary>Publishes what is left, as long as the broker takes it, and closes the links.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Broker is not null)
        {
            Broker.Outlet.Complete();
            await Task.WhenAny(_outletRunning, Task.Delay(OutletPatience, _time, cancellationToken));
            await Broker.DisposeAsync();
        }

        if (_listener is not null)
        {
            await _listener.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }
    }
}
