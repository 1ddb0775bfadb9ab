using System.Collections.Immutable;
using System.Text;
using CleanStreets.Mqtt.Packets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

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
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableArray<ClientSubscription> _subscriptions = [];
    private TaskCompletionSource<ClientLink> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientLink? _link;
    private Task _running = Task.CompletedTask;
    private int _started;
    private bool _wasAway;
    private bool _disconnecting;

    /// <summary>Creates a client; nothing happens before <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public MqttClient(MqttClientOptions options, TimeProvider time, ILogger<MqttClient> logger)
    {
        ClientOptionsCheck.ThrowIfWrong(options);
        (_options, _time, _logger) = (options, time, logger);
        _jitter = options.Jitter ?? new Random().NextDouble;
        _reconnecting = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<MqttLinkLostException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = _jitter,
                Delay = options.ReconnectMinDelay,
                MaxDelay = options.ReconnectMaxDelay,
            })
            .Build();
    }

    /// <summary>Whether the link is up, with all subscriptions in place.</summary>
    public bool IsConnected => Volatile.Read(ref _link) is not null;

    /// <summary>The client identifier in use: the server's choice when none was given. Empty before the first connection in that case.</summary>
    public string ClientId => Volatile.Read(ref _link)?.Grant.ClientId ?? _options.ClientId;

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

        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Waits until the link is up, with all subscriptions in place.</summary>
    public async Task WaitConnectedAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await Volatile.Read(ref _connected).Task.WaitAsync(either.Token);
    }

    /// <summary>Sends a message. QoS 0 completes when it is written, QoS 1 with the code of its PUBACK; awaits room in the window.</summary>
    /// <returns>A failure when the server refused it, or when it is larger, or of a higher QoS, than the server accepts (then nothing is sent).</returns>
    /// <exception cref="MqttLinkLostException">The link is down, or went down before the PUBACK: the caller sends again.</exception>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is 2, which this client does not send.</exception>
    public ValueTask<MqttReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        var topic = Encoding.UTF8.GetBytes(message.Topic);
        if (!MqttText.IsTopicName(topic))
        {
            throw new ArgumentException($"'{message.Topic}' is not a topic name.", nameof(message));
        }

        ClientOptionsCheck.ThrowIfExactlyOnce(message.QualityOfService);
        var link = Volatile.Read(ref _link) ?? throw new MqttLinkLostException($"Not connected to {_options.Host}:{_options.Port}.");
        var refusal = Refusal(message, topic.Length, link.Grant);
        return refusal == MqttReasonCode.Success ? link.PublishAsync(message, cancellationToken) : ValueTask.FromResult(refusal);
    }

    /// <summary>Subscribes now if the link is up, and again after every reconnect. A message is acknowledged after its handler.</summary>
    /// <remarks>A handler that throws is logged, and the message is acknowledged with 0x83 (3.1.1: plainly). Subscribing a filter again replaces its handler.</remarks>
    /// <exception cref="MqttRefusedException">The server refused the filter; it is forgotten.</exception>
    /// <exception cref="ArgumentException">The filter is not a topic filter, or the QoS is 2, which this client does not receive.</exception>
    public async Task SubscribeAsync(
        string filter, QualityOfService qualityOfService, Func<MqttMessage, CancellationToken, ValueTask> handler, CancellationToken cancellationToken)
    {
        if (!MqttText.IsTopicFilter(Encoding.UTF8.GetBytes(filter)) || MqttText.IsMisshapedShare(Encoding.UTF8.GetBytes(filter)))
        {
            throw new ArgumentException($"'{filter}' is not a topic filter.", nameof(filter));
        }

        ClientOptionsCheck.ThrowIfExactlyOnce(qualityOfService);
        var subscription = new ClientSubscription(filter, qualityOfService, handler);
        ImmutableInterlocked.Update(ref _subscriptions, (list, added) => list.RemoveAll(old => old.Filter == added.Filter).Add(added), subscription);
        if (Volatile.Read(ref _link) is { } link)
        {
            try
            {
                var codes = await link.SubscribeAsync(PacketType.Subscribe, [subscription], cancellationToken);
                if (((MqttReasonCode)codes[0]).IsFailure())
                {
                    Forget(filter);
                    throw new MqttRefusedException($"Cannot subscribe '{filter}'", (MqttReasonCode)codes[0]);
                }
            }
            catch (MqttLinkLostException)
            {
                // Remembered: the next connection subscribes it.
            }
        }
    }

    /// <summary>Forgets a filter and tells the server if the link is up.</summary>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        var known = _subscriptions.FirstOrDefault(subscription => subscription.Filter == filter);
        Forget(filter);
        if (known is not null && Volatile.Read(ref _link) is { } link)
        {
            try
            {
                await link.SubscribeAsync(PacketType.Unsubscribe, [known], cancellationToken);
            }
            catch (MqttLinkLostException)
            {
                // Forgotten already: the next connection does not subscribe it.
            }
        }
    }

    /// <summary>Sends DISCONNECT (the will is not published) and ends; returns when the link is closed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_stopping.IsCancellationRequested)
        {
            Volatile.Write(ref _disconnecting, true);
            try
            {
                if (Volatile.Read(ref _link) is { } link)
                {
                    await link.DisconnectAsync(cancellationToken).WaitAsync(_options.ConnectTimeout, _time, cancellationToken);
                }
            }
            catch (Exception exception) when (exception is MqttLinkLostException or TimeoutException)
            {
                // Nobody is there to be told.
            }

            await _stopping.CancelAsync();
        }

        await _running.WaitAsync(cancellationToken);
    }

    /// <summary>Stops, if that has not happened yet.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private void Forget(string filter) =>
        ImmutableInterlocked.Update(ref _subscriptions, (list, gone) => list.RemoveAll(old => old.Filter == gone), filter);

    private MqttReasonCode Refusal(MqttMessage message, int topicBytes, Grant grant)
    {
        if (message.QualityOfService > grant.MaximumQoS)
        {
            return MqttReasonCode.QoSNotSupported;
        }

        if (message.Retain && !grant.RetainAvailable)
        {
            return MqttReasonCode.RetainNotSupported;
        }

        // Properties rarely matter for the size: they are built only when the message comes near the limit.
        var size = PublishPacket.Size(_options.ProtocolVersion, message.QualityOfService, topicBytes, message.Payload.Length, 5);
        if (size + 1024 > grant.MaximumPacketSize || message.UserProperties.Count > 0)
        {
            size += MessageProperties.Forwarded(message).Length;
        }

        return size > grant.MaximumPacketSize ? MqttReasonCode.PacketTooLarge : MqttReasonCode.Success;
    }
}
