using System.Collections.Immutable;
using CleanStreets.Mqtt.Client.Session;
using Microsoft.Extensions.Logging;
using Polly;

namespace CleanStreets.Mqtt.Client;

/// <summary>A client of an MQTT server that connects, and reconnects by itself until it is stopped.</summary>
/// <remarks>All members may be called from any thread. Handlers run one after another; a slow handler slows the server, nothing is dropped here.</remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<MqttClient> _logger;
    private readonly Func<double> _jitter;
    private readonly ResiliencePipeline _reconnecting;
    private readonly ClientSession _session;
    private readonly Dispatcher _dispatcher;
    private readonly Requests _requests;
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableArray<ClientSubscription> _subscriptions = [];
    private Task _running = Task.CompletedTask;
    private int _started;

    /// <summary>Creates a client; nothing happens before <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public MqttClient(MqttClientOptions options, TimeProvider time, ILogger<MqttClient> logger)
    {
        ClientOptionsCheck.ThrowIfWrong(options);
        (_options, _time, _logger, _clientId) = (options, time, logger, options.ClientId);
        _jitter = options.Jitter ?? new Random().NextDouble;
        _reconnecting = ReconnectPolicy.Build(options, _jitter, time);
        _session = new ClientSession(options);
        _requests = new Requests(options.MaxQueued);
        _dispatcher = new Dispatcher(options.ReceiveMaximum, () => _subscriptions, _requests, options.ClientId, logger);
    }

    /// <summary>Whether the link is up, with all subscriptions in place.</summary>
    public bool IsConnected => Volatile.Read(ref _link) is not null;

    /// <summary>The client identifier in use: the server's choice when none was given. Empty before the first connection in that case.</summary>
    public string ClientId => Volatile.Read(ref _clientId);

#pragma warning disable MA0046 // The change is all there is to say; a sender would be noise.
    /// <summary>Says that the link came up, went away, or cannot be made at first: once per episode, one at a time. Must not block.</summary>
    public event Action<MqttConnectionChange>? ConnectionChanged;
#pragma warning restore MA0046

    /// <summary>Begins to connect and returns at once; the client reconnects with jittered backoff until it is stopped.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The client has been started before.");
        }

        _running = Task.WhenAll(Task.Run(RunAsync, CancellationToken.None), Task.Run(() => _dispatcher.RunAsync(_stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Waits until the link is up, with all subscriptions in place.</summary>
    public async Task WaitConnectedAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await Volatile.Read(ref _connected).Task.WaitAsync(either.Token);
    }

    /// <summary>
    /// Closes the link with a plain DISCONNECT, connects again at once with what <see cref="MqttClientOptions.Credentials"/> and the certificate's
    /// provider now give, and returns when that is done. Ends a pause after a refusal too. With <see cref="MqttClientOptions.KeepPublishes"/> no publish is lost.
    /// </summary>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _link) is { } link)
        {
            Volatile.Write(ref _renewing, true);
            await TryDisconnectAsync(link, MqttReasonCode.Success, sessionExpiry: null, cancellationToken);
            Hurry();
            await link.Gone.WaitAsync(cancellationToken);
        }
        else
        {
            Hurry();
        }

        await WaitConnectedAsync(cancellationToken);
    }

    /// <summary>Sends DISCONNECT (the will is not published) and ends; returns when the link is closed and no handler runs any more.</summary>
    /// <remarks>Publishes without an acknowledgement fail with <see cref="MqttLinkLostException"/>: await them before, where they matter.</remarks>
    public Task StopAsync(CancellationToken cancellationToken) => StopAsync(MqttReasonCode.Success, sessionExpiry: null, cancellationToken);

    /// <summary>Ends as <see cref="StopAsync(CancellationToken)"/> does, with a reason and another life of the session.</summary>
    /// <param name="reason">Told to a 5.0 server; <see cref="MqttReasonCode.DisconnectWithWill"/> has it publish the will.</param>
    /// <param name="sessionExpiry">How long a 5.0 server keeps the session from now on; null: as told at the connection.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The session was to end with the link and is now to be kept, which the protocol does not allow (§3.14.2.2.2).</exception>
    public async Task StopAsync(MqttReasonCode reason, TimeSpan? sessionExpiry, CancellationToken cancellationToken)
    {
        if (sessionExpiry > TimeSpan.Zero && _options.SessionExpiry <= TimeSpan.Zero)
        {
            throw new ArgumentException("The session ends with the link: it cannot be kept now.", nameof(sessionExpiry));
        }

        if (!_stopping.IsCancellationRequested)
        {
            Volatile.Write(ref _disconnecting, true);
            if (Volatile.Read(ref _link) is { } link)
            {
                await TryDisconnectAsync(link, reason, sessionExpiry, cancellationToken);
            }

            await _stopping.CancelAsync();
        }

        await _running.WaitAsync(cancellationToken);
        _session.Close(new MqttLinkLostException("The client was stopped.", MqttReasonCode.Success));
    }

    /// <summary>Stops, if that has not happened yet.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task TryDisconnectAsync(ClientLink link, MqttReasonCode reason, TimeSpan? sessionExpiry, CancellationToken cancellationToken)
    {
        try
        {
            await link.DisconnectAsync(reason, sessionExpiry, cancellationToken).WaitAsync(_options.ConnectTimeout, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is MqttLinkLostException or TimeoutException)
        {
            // Nobody is there to be told.
        }
    }

    private void Hurry()
    {
        try
        {
            Volatile.Read(ref _hurry)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The next attempt is on its way already.
        }
    }
}
