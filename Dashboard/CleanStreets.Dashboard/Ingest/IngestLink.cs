using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Evidence;
using CleanStreets.Dashboard.Live;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Dashboard.Ingest;

/// <summary>The MQTT link: scores, truck status and evidence pictures in, facts out. Reconnects by itself.</summary>
internal sealed class IngestLink : IHostedService, IAsyncDisposable
{
    private readonly MqttClient _client;
    private readonly LiveHub _live;
    private readonly IngestState _state;
    private readonly EvidenceQueue _evidence;
    private readonly TimeProvider _time;
    private readonly ILogger<IngestLink> _logger;
    private readonly Topics _topics = Topics.Default;
    private long _unreadable;

    public IngestLink(DashboardOptions options, LiveHub live, IngestState state, EvidenceQueue evidence, TimeProvider time, Func<Guid> newId, ILoggerFactory loggers)
    {
        (_live, _state, _evidence, _time, _logger) = (live, state, evidence, time, loggers.CreateLogger<IngestLink>());
        _client = new MqttClient(
            new MqttClientOptions
            {
                Host = options.Mqtt.Host,
                Port = options.Mqtt.Port,
                ClientId = $"dashboard-{newId().ToString("N")[20..]}", // The random end of it: the beginning is the time.
                KeepAlive = TimeSpan.FromSeconds(10), // Half-open links show as away within seconds.
                ReconnectMaxDelay = TimeSpan.FromSeconds(5),
            },
            time,
            loggers.CreateLogger<MqttClient>());
        _client.ConnectionChanged += change => _state.Linked(change.Connected, change.Detail, _time.GetUtcNow());
    }

    /// <summary>Messages on our topics that could not be read.</summary>
    public long Unreadable => Volatile.Read(ref _unreadable);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _client.SubscribeAsync(_topics.AllScores, QualityOfService.AtLeastOnce, TakeScoreAsync, cancellationToken);
        await _client.SubscribeAsync(_topics.AllStatus, QualityOfService.AtLeastOnce, TakeStatusAsync, cancellationToken);
        await _client.SubscribeAsync(_topics.AllEvidence, QualityOfService.AtLeastOnce, TakeEvidenceAsync, cancellationToken);
        await _client.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _client.StopAsync(cancellationToken);

    public Task WaitConnectedAsync(CancellationToken cancellation) => _client.WaitConnectedAsync(cancellation);

    /// <summary>Sends a message of QoS 1; completes with the PUBACK's code.</summary>
    /// <exception cref="MqttLinkLostException">The link is down: send again later.</exception>
    public ValueTask<MqttReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellation) => _client.PublishAsync(message, cancellation);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private ValueTask TakeScoreAsync(MqttMessage message, CancellationToken cancellation)
    {
        _state.Heard(_time.GetUtcNow());
        if (!SegmentId.TryCreate(LastLevel(message), out var segment))
        {
            return Refuse(message);
        }

        return message.Payload.IsEmpty ? _live.PostAsync(new LiveInput.ScoreCleared(segment))
            : Read(message, ContractJson.Default.SegmentScore) is { } score && score.SegmentId == segment ? _live.PostAsync(new LiveInput.ScoreArrived(score))
            : Refuse(message);
    }

    private ValueTask TakeStatusAsync(MqttMessage message, CancellationToken cancellation)
    {
        _state.Heard(_time.GetUtcNow());
        if (!TruckId.TryCreate(LastLevel(message), out var truck))
        {
            return Refuse(message);
        }

        return message.Payload.IsEmpty ? _live.PostAsync(new LiveInput.TruckCleared(truck))
            : Read(message, ContractJson.Default.TruckStatus) is { } status && status.TruckId == truck ? _live.PostAsync(new LiveInput.TruckArrived(status))
            : Refuse(message);
    }

    private ValueTask TakeEvidenceAsync(MqttMessage message, CancellationToken cancellation)
    {
        _state.Heard(_time.GetUtcNow());
        _evidence.Offer(message);
        return ValueTask.CompletedTask;
    }

    private static string LastLevel(MqttMessage message) => Topics.LastLevel(message.Topic).ToString();

    private static T? Read<T>(MqttMessage message, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(message.Payload.Span, type);
        }
        catch (Exception ex) when (ex is JsonException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private ValueTask Refuse(MqttMessage message)
    {
        if (Interlocked.Increment(ref _unreadable) == 1)
        {
            IngestLog.Unreadable(_logger, message.Topic);
        }

        return ValueTask.CompletedTask;
    }
}
