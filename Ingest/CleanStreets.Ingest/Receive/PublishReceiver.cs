using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Receive;

/// <summary>Takes readings and facts out of the MQTT listener.</summary>
/// <remarks>
/// Called on the listener's loop thread only, except <see cref="Open"/> and <see cref="Complete"/>, which comes after the
/// listener has stopped receiving. Without a free batch it answers Busy: the listener keeps the publish and reads no more until there is room.
/// </remarks>
internal sealed class PublishReceiver(BatchFiller batches, Topics topics) : IPublishHook
{
    private readonly byte[] _readingsPrefix = topics.ReadingsPrefix;
    private readonly byte[] _factsPrefix = topics.FactsPrefix;
    private readonly byte[][] _ingestOnly = [.. topics.IngestOnlyPrefixes];
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

        batches.GoOn();
        var isFact = publish.Topic.StartsWith(_factsPrefix);
        var id = publish.Topic[(isFact ? _factsPrefix : _readingsPrefix).Length..];
        if (!batches.TryAdd(isFact ? MessageKind.Fact : MessageKind.Readings, id, publish.ContentType, publish.Payload))
        {
            return HookResult.Busy;
        }

        batches.AddSender(publish.ClientId);

        // QoS 0 too: nobody waits for its PUBACK, but the listener holds the bytes as unacknowledged until the token comes back.
        batches.AddToken(token);
        return HookResult.Taken;
    }

    public void OnTurnEnd() => batches.Offer();

    /// <summary>Nothing more will come: hands over what is left.</summary>
    public void Complete() => batches.Complete();

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
}
