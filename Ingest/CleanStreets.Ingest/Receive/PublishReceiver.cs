using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Receive;

/// <summary>Takes readings and facts out of the MQTT listener: copies each publish into the current batch and stamps when it came.</summary>
/// <remarks>
/// Called on the listener's loop thread only, except <see cref="Open"/> and <see cref="Complete"/>, which comes after the
/// listener has stopped receiving. Without a free batch it answers Busy: the listener keeps the publish and reads no more until there is room.
/// </remarks>
internal sealed class PublishReceiver(
    BatchPool pool, ChannelWriter<IngestBatch> output, Topics topics, PipelineOptions options, TimeProvider time) : IPublishHook
{
    /// <summary>A content type longer than ours agrees with no format; this much of it says so.</summary>
    private const int ContentTypeKeptBytes = 64;

    private readonly byte[] _readingsPrefix = topics.ReadingsPrefix;
    private readonly byte[] _factsPrefix = topics.FactsPrefix;
    private readonly IReadOnlyList<byte[]> _ingestOnly = topics.IngestOnlyPrefixes;
    private IngestBatch? _current;
    private volatile bool _open;

    /// <summary>Admission is complete: from now on publishes are taken. The listener is then told to read on.</summary>
    public void Open() => _open = true;

    public bool Claims(ReadOnlySpan<byte> topic) => topic.StartsWith(_readingsPrefix) || topic.StartsWith(_factsPrefix) || IsIngestOnly(topic);

    public HookResult OnPublish(in BorrowedPublish publish, PublishToken token)
    {
        if (IsIngestOnly(publish.Topic))
        {
            // A forged score misleads dispatchers; a forged mark makes a truck delete what was never stored.
            return HookResult.Refused(MqttReasonCode.NotAuthorized);
        }

        if (!_open)
        {
            return HookResult.Busy;
        }

        var isFact = publish.Topic.StartsWith(_factsPrefix);
        var id = publish.Topic[(isFact ? _factsPrefix : _readingsPrefix).Length..];
        var idIsValid = IdentifierRule.IsValid(id);
        var oversized = publish.Payload.Length > ReadingLimits.MaxPayloadBytes;
        var payload = oversized ? publish.Payload[..ReadingLimits.OversizedKeptBytes] : publish.Payload;
        var contentType = publish.ContentType[..Math.Min(publish.ContentType.Length, ContentTypeKeptBytes)];
        if (!TryMakeRoom(IdentifierRule.MaxLength + contentType.Length + payload.Length))
        {
            return HookResult.Busy;
        }

        var message = new IngestMessage
        {
            Kind = isFact ? MessageKind.Fact : MessageKind.Readings,
            ReceivedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            PayloadCut = oversized,
            Reason = (oversized, idIsValid, isFact) switch
            {
                (true, _, _) => QuarantineReason.Oversized,
                (_, true, _) => QuarantineReason.None,
                (_, _, true) => QuarantineReason.MalformedFact,
                _ => QuarantineReason.TruckIdInvalid,
            },
        };
        _current!.Add(message, idIsValid ? id : [], contentType, payload);

        // QoS 0 too: nobody waits for its PUBACK, but the listener holds the bytes as unacknowledged until the token comes back.
        _current.AddToken(token);
        if (_current.MessageCount >= options.BatchMessages)
        {
            HandOver();
        }

        return HookResult.Taken;
    }

    public void OnTurnEnd() => HandOver();

    /// <summary>Nothing more will come: hands over what is left and ends the pipeline's first channel.</summary>
    public void Complete()
    {
        HandOver();
        output.TryComplete();
    }

    private bool IsIngestOnly(ReadOnlySpan<byte> topic)
    {
        foreach (var prefix in _ingestOnly)
        {
            if (topic.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryMakeRoom(int bytes)
    {
        if (_current is not null && !_current.HasRoom(bytes))
        {
            HandOver();
        }

        return _current is not null || pool.TryRent(out _current!);
    }

    private void HandOver()
    {
        if (_current is { MessageCount: > 0 } full)
        {
            _current = null;

            // Never full: the channel holds as many batches as there are.
            output.TryWrite(full);
        }
    }
}
