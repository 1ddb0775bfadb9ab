using System.Buffers;
using CleanStreets.Mqtt.Flow;

namespace CleanStreets.Mqtt.Client.Session;

/// <summary>What one link has received and not yet acknowledged: allowed from any thread and out of order, sent in order of arrival [MQTT-4.6.0-2] [MQTT-4.6.0-3].</summary>
internal sealed class AcknowledgementOrder(Action wakeWriter)
{
    private readonly Lock _lock = new();
    private readonly AcknowledgementQueue _queue = new();
    private TaskCompletionSource? _room;
    private int _open;

    /// <summary>Received and not yet answered.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>A message has arrived; answers its place.</summary>
    public uint Add(ushort packetId, QualityOfService qualityOfService)
    {
        lock (_lock)
        {
            _open++;
            var place = _queue.NextSequence;
            _queue.Add(packetId, qualityOfService, bytes: 0);
            return place;
        }
    }

    /// <summary>The message at a place may be acknowledged. Twice, or after the link has ended, changes nothing.</summary>
    public void Complete(uint place, MqttReasonCode code)
    {
        lock (_lock)
        {
            _queue.Complete(place, code);
        }

        wakeWriter();
    }

    /// <summary>Writes every acknowledgement whose turn has come.</summary>
    public void Flush(IBufferWriter<byte> output, MqttProtocolVersion version)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            var written = _queue.Flush(output, version);
            _open -= written;
            if (written > 0)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
    }

    /// <summary>Completes when fewer than <paramref name="limit"/> are open. For one caller at a time.</summary>
    public Task RoomAsync(int limit)
    {
        lock (_lock)
        {
            _room = _open < limit ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room?.Task ?? Task.CompletedTask;
        }
    }
}
