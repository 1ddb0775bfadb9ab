using CleanStreets.Contracts;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>Somebody else's broker as a way in, and as the place where marks and scores are published.</summary>
/// <remarks>
/// A broker's PUBACK to a truck promises nothing about a disk (Mosquitto, killed, loses what it acknowledged): the truth is the mark on
/// <c>acks/{truck}</c>, which is published after our journal's fsync, and trucks send again what is not marked.
/// </remarks>
internal sealed class BrokerLink : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly BrokerClients _clients;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly List<MqttClient> _receivers;
    private readonly MqttClient _publisher;
    private int _connected;
    private long _lost;
    private int _saidAway;
    private int _saidWithheld;
    private readonly TimeSpan _refusedPause;
    private ITimer? _asking;
    private volatile bool _stopping;

    public BrokerLink(BrokerAddress address, BrokerOptions options, BatchFiller batches, TimeProvider time, ILoggerFactory loggers)
    {
        Address = address;
        _time = time;
        _logger = loggers.CreateLogger<BrokerLink>();
        _refusedPause = options.RefusedPause;
        _clients = new BrokerClients(address, options, time, loggers);
        _receivers = Enumerable.Range(1, _clients.Receivers).Select(_clients.Receiver).ToList();
        Receiver = new BrokerReceiver(batches, Topics.Default, options);
        _publisher = _clients.Publisher();
        _publisher.ConnectionChanged += OnPublisherChanged;
        Outlet = new BrokerOutlet(_publisher, options.RefusedPause, options.Clears, time, _logger);
    }

    public BrokerAddress Address { get; }

    public BrokerReceiver Receiver { get; }

    public BrokerOutlet Outlet { get; }

    /// <summary>Connections that receive, as they should be and as they are.</summary>
    public (int Wanted, int Connected) Connections => (_clients.Receivers, Volatile.Read(ref _connected));

    /// <summary>What the broker does not let us subscribe, over any of the connections: nothing of it comes that way, though the connections are up.</summary>
    public IReadOnlyCollection<string> Withheld => _receivers.SelectMany(client => client.RefusedFilters).ToHashSet(StringComparer.Ordinal);

    /// <summary>Times a receiving connection was lost.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Begins to connect, and goes on for ever; a broker that is away is waited for.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var group = _clients.HasSharedSubscriptions ? "$share/cleanstreets-ingest/" : string.Empty;
        foreach (var client in _receivers)
        {
            var up = false;
            client.ConnectionChanged += change => OnReceiverChanged(change, ref up);
            foreach (var filter in new[] { Topics.Default.AllReadings, Topics.Default.AllFacts })
            {
                // Before the start: a kept session may deliver before anything else happens.
                await client.SubscribeManualAsync(group + filter, QualityOfService.AtLeastOnce, Receiver.TakeAsync, cancellationToken);
            }

            await client.StartAsync(cancellationToken);
        }

        await _publisher.StartAsync(cancellationToken);
        _asking = _time.CreateTimer(_ => _ = AskAgainAsync(), null, _refusedPause, _refusedPause);
    }

    /// <summary>Says good-bye; what is not acknowledged by now, the broker delivers again.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _asking?.Dispose();
        Outlet.Dispose();
        foreach (var client in _receivers.Append(_publisher))
        {
            using var patience = new CancellationTokenSource(StopPatience, _time);
            try
            {
                await client.StopAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // A broker that does not even close a connection is not waited for.
            }
        }
    }

    private void OnReceiverChanged(MqttConnectionChange change, ref bool up)
    {
        if (change.Connected)
        {
            up = true;
            if (Interlocked.Increment(ref _connected) == _clients.Receivers)
            {
                Volatile.Write(ref _saidAway, 0);
                Say();
            }

            return;
        }

        // Also said when the first connection cannot be made: then none was lost.
        if (up)
        {
            up = false;
            Interlocked.Increment(ref _lost);
            Interlocked.Decrement(ref _connected);
        }

        // Once for all connections, and not when it is we who leave.
        if (!_stopping && Interlocked.Exchange(ref _saidAway, 1) == 0)
        {
            _logger.BrokerAway(Address.ToString(), change.Detail);
        }
    }

    /// <summary>All connections are up: says whether anything comes over them.</summary>
    private void Say()
    {
        if (Withheld is { Count: > 0 } withheld)
        {
            if (Interlocked.Exchange(ref _saidWithheld, 1) == 0)
            {
                _logger.BrokerWithholds(Address.ToString(), string.Join(", ", withheld), _refusedPause);
            }
        }
        else
        {
            Volatile.Write(ref _saidWithheld, 0);
            _logger.BrokerConnected(Address.ToString(), _clients.Receivers);
        }
    }

    // A right that is given later: the broker tells nobody, and the link stays up.
    private async Task AskAgainAsync()
    {
        if (Withheld.Count == 0)
        {
            return;
        }

        foreach (var client in _receivers)
        {
            await client.SubscribeRefusedAsync(CancellationToken.None);
        }

        if (Withheld.Count == 0 && Volatile.Read(ref _connected) == _clients.Receivers)
        {
            Say();
        }
    }

    private void OnPublisherChanged(MqttConnectionChange change)
    {
        if (change.Connected)
        {
            Outlet.PublishAllAgain();
        }
    }
}
