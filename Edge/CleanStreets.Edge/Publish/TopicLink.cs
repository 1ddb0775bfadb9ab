using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>The way to the city over the contract's topics, on our listener or any MQTT server.</summary>
/// <remarks>A server's PUBACK is not durability: marks on <c>acks/{truckId}</c> say what is stored. The status is retained and also the last will.</remarks>
internal sealed class TopicLink : ICityLink
{
    private readonly TruckId _truck;
    private readonly Topics _topics;
    private readonly MqttClient _client;
    private readonly BoxListener? _box;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private Task _answering = Task.CompletedTask;

    /// <param name="truck">The truck; also the client identifier, unless a certificate says another.</param>
    /// <param name="will">The status that the server says when the truck is gone without a word.</param>
    /// <param name="options">Where the server is and how the link is made.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For the log.</param>
    public TopicLink(TruckId truck, TruckStatus will, PublishOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_truck, _topics, _logger) = (truck, options.Topics, loggers.CreateLogger<TopicLink>());
        var connection = new MqttClientOptions { Host = options.Host, Port = options.Port, ClientId = truck.Value, Will = StatusMessage(will) };
        _client = new MqttClient(options.Connection?.Invoke(connection) ?? connection, time, loggers.CreateLogger<MqttClient>());
        _box = options.Box is { } box ? new BoxListener(box, _topics, _client, _logger) : null;
    }

    /// <inheritdoc/>
    public bool IsConnected => _client.IsConnected;

    /// <inheritdoc/>
    public async Task StartAsync(LinkHandlers handlers, CancellationToken cancellationToken)
    {
        _client.ConnectionChanged += change => handlers.Changed(new LinkChange(change.Connected, change.Detail));
        await _client.SubscribeAsync(_topics.Acks(_truck), QualityOfService.AtLeastOnce, (message, _) => TakeMarksAsync(message, handlers), cancellationToken);
        foreach (var earlier in handlers.EarlierTrucks)
        {
            await _client.SubscribeAsync(_topics.Acks(earlier), QualityOfService.AtLeastOnce, (message, _) => TakeMarksAsync(message, handlers), cancellationToken);
        }

        if (_box is not null)
        {
            await _box.ListenAsync(cancellationToken);
            _answering = Task.Run(() => _box.RunAsync(_stopping.Token), CancellationToken.None);
        }

        if (handlers.Settings is { } take)
        {
            await _client.SubscribeAsync(_topics.Config(_truck), QualityOfService.AtLeastOnce, (message, _) => Take(message, take), cancellationToken);
        }

        if (handlers.Evidence is { } hear)
        {
            await _client.SubscribeAsync(_topics.EvidenceAcks(_truck), QualityOfService.AtLeastOnce, (message, _) => TakeEvidenceAnswerAsync(message, hear), cancellationToken);
        }

        if (handlers.Releases is { } offered)
        {
            await _client.SubscribeAsync(_topics.AllReleases, QualityOfService.AtLeastOnce, (message, _) => Take(message, offered), cancellationToken);
        }

        await _client.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => _client.WaitConnectedAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<SendResult> SendAsync(EncodedBatch batch, CancellationToken cancellationToken)
    {
        var reason = await _client.PublishAsync(
            new MqttMessage
            {
                Topic = _topics.Readings(batch.Truck ?? _truck),
                Payload = batch.Payload,
                QualityOfService = QualityOfService.AtLeastOnce,
                ContentType = ReadingEncoder.ContentType(batch.Format),
            },
            cancellationToken);
        return (byte)reason >= 0x80 ? SendResult.Refused(reason.Sentence()) : SendResult.Taken;
    }

    /// <inheritdoc/>
    public bool TakesEvidence => true;

    /// <inheritdoc/>
    public async ValueTask<SendResult> SendEvidenceAsync(string evidenceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var reason = await _client.PublishAsync(
            new MqttMessage
            {
                Topic = _topics.Evidence(_truck, evidenceId),
                Payload = message,
                QualityOfService = QualityOfService.AtLeastOnce,
                ContentType = EvidenceMessage.ContentType,
            },
            cancellationToken);
        return (byte)reason >= 0x80 ? SendResult.Refused(reason.Sentence()) : SendResult.Taken;
    }

    /// <inheritdoc/>
    public async ValueTask SayAsync(TruckStatus status, CancellationToken cancellationToken) => await _client.PublishAsync(StatusMessage(status), cancellationToken);

    /// <inheritdoc/>
    public Task RenewAsync(CancellationToken cancellationToken) => _client.ReconnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await EndAnsweringAsync();
        await _client.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAnsweringAsync();
        await _client.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task EndAnsweringAsync()
    {
        if (!_answering.IsCompleted)
        {
            _box!.Complete();
            await _stopping.CancelAsync();
            await _answering;
        }
    }

    private async ValueTask TakeMarksAsync(MqttMessage message, LinkHandlers handlers)
    {
        if (message.Payload.IsEmpty)
        {
            return; // Cleared: ingest has forgotten the truck for now. What was stored stays stored.
        }

        StoredMarks? marks;
        try
        {
            marks = JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.StoredMarks);
        }
        catch (JsonException ex)
        {
            PublishLog.BadMarks(_logger, _truck.Value, ex.Message);
            return;
        }

        if (marks is not null)
        {
            await handlers.Marks(marks);
        }
    }

    private async ValueTask TakeEvidenceAnswerAsync(MqttMessage message, Func<EvidenceAnswer, ValueTask> hear)
    {
        EvidenceAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.EvidenceAnswer);
        }
        catch (JsonException ex)
        {
            PublishLog.BadMarks(_logger, _truck.Value, ex.Message);
            return;
        }

        if (answer is not null)
        {
            await hear(answer);
        }
    }

    private static ValueTask Take(MqttMessage message, Action<ReadOnlyMemory<byte>> take)
    {
        take(message.Payload);
        return ValueTask.CompletedTask;
    }

    /// <summary>Hands on what was said on a topic of <see cref="Topics.AllReleases"/>.</summary>
    internal static ValueTask Take(MqttMessage message, Action<string, string, ReadOnlyMemory<byte>> take)
    {
        if (message.Topic.Split('/') is [.., var ring, var kind])
        {
            take(ring, kind, message.Payload);
        }

        return ValueTask.CompletedTask;
    }

    private MqttMessage StatusMessage(TruckStatus status) => new()
    {
        Topic = _topics.Status(_truck),
        Payload = JsonSerializer.SerializeToUtf8Bytes(status, ContractJson.Default.TruckStatus),
        QualityOfService = QualityOfService.AtLeastOnce,
        Retain = true,
        ContentType = "application/json",
    };
}
