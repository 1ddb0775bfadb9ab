using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>Hears what the city wants of the box and answers what it asks, on the box's own topics of one MQTT client.</summary>
/// <remarks>Questions are answered one after another, beside the client's own handlers; more than <see cref="MaxWaiting"/> at once are not heard.</remarks>
internal sealed class BoxListener(BoxTopics box, Topics topics, MqttClient client, ILogger logger)
{
    private const int MaxWaiting = 8;

    private readonly Channel<BoxRequest> _asked = Channel.CreateBounded<BoxRequest>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Subscribes; before the client is started.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (box.Assigned is not null)
        {
            await client.SubscribeAsync(topics.Assignments(box.Device), QualityOfService.AtLeastOnce, TakeAssignment, cancellationToken);
        }

        await client.SubscribeAsync(topics.Requests(box.Device), QualityOfService.AtLeastOnce, TakeRequest, cancellationToken);
    }

    /// <summary>Answers until <see cref="Complete"/>.</summary>
    /// <param name="stop">Ends an answer that is being made.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _asked.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (_asked.Reader.TryRead(out var request))
                {
                    await AnswerAsync(request, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Our own stop: whoever asked hears nothing.
        }
    }

    /// <summary>Nothing more is asked.</summary>
    public void Complete() => _asked.Writer.TryComplete();

    /// <summary>The answer as it travels.</summary>
    public static MqttMessage AnswerMessage(Topics topics, DeviceId device, string id, CommandAnswer answer, bool retain = false)
    {
        var payload = new ArrayBufferWriter<byte>(256 + answer.Json.Length);
        using (var writer = new Utf8JsonWriter(payload))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteNumber("status"u8, answer.Status);
            if (!answer.Json.IsEmpty)
            {
                writer.WritePropertyName("body"u8);
                writer.WriteRawValue(answer.Json.Span);
            }

            writer.WriteEndObject();
        }

        return new MqttMessage
        {
            Topic = topics.Answers(device),
            Payload = payload.WrittenMemory.ToArray(),
            QualityOfService = QualityOfService.AtLeastOnce,
            ContentType = "application/json",
            Retain = retain,
        };
    }

    private async Task AnswerAsync(BoxRequest request, CancellationToken stop)
    {
        var parameters = request.Parameters is { } given ? JsonSerializer.SerializeToUtf8Bytes(given, ContractJson.Default.JsonElement) : [];
        var answer = await box.Commands.AskAsync(request.Method, parameters, stop);
        try
        {
            await client.WaitConnectedAsync(stop); // A new certificate has just made the link anew.
            await client.PublishAsync(AnswerMessage(topics, box.Device, request.Id, answer), stop);
        }
        catch (MqttLinkLostException)
        {
            // Who asked will ask again.
        }
    }

    private ValueTask TakeAssignment(MqttMessage message, CancellationToken cancellationToken)
    {
        if (Read(message, ContractJson.Default.BoxAssignment) is { } assignment && assignment.DeviceId == box.Device)
        {
            box.Assigned!(assignment);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask TakeRequest(MqttMessage message, CancellationToken cancellationToken)
    {
        if (Read(message, ContractJson.Default.BoxRequest) is { Id: not null, Method: not null } request)
        {
            _asked.Writer.TryWrite(request);
        }

        return ValueTask.CompletedTask;
    }

    private T? Read<T>(MqttMessage message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return message.Payload.IsEmpty ? null : JsonSerializer.Deserialize(message.Payload.Span, type);
        }
        catch (JsonException ex)
        {
            PublishLog.BadBoxMessage(logger, message.Topic, ex.Message);
            return null;
        }
    }
}
