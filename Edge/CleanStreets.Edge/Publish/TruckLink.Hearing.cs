using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Edge.Spool;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.Publish;

/// <summary>What the link hears: marks, settings, its own coming and going, and new lanes.</summary>
internal sealed partial class TruckLink
{
    // About a minute of live batches: less than that is soon sent in order.
    private const int BatchesBeforeNewLane = 3;

    // Marks name 16 sessions; a link that flaps all day must not leave behind more.
    private const int MaxLanes = 12;

    private async ValueTask TakeMarksAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var marks = JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.StoredMarks);
            foreach (var mark in marks?.Sessions ?? [])
            {
                if (Volatile.Read(ref _known).FirstOrDefault(s => s.Session.SessionId == mark.SessionId) is { } sender && sender.Accepts(mark.StoredThrough))
                {
                    await _spool.StoredAsync(sender.Session, mark.StoredThrough);
                }
            }
        }
        catch (JsonException ex)
        {
            PublishLog.BadMarks(_logger, TruckId.Value, ex.Message);
        }
    }

    private void OnConnectionChanged(MqttConnectionChange change)
    {
        _links.Changed(TruckId, change.Connected, change.Detail);
        if (change.Connected)
        {
            _connectedOnce.TrySetResult();
        }
        else
        {
            _linkLost = true;
        }

        Wake();
    }

    private ValueTask TakeSettings(MqttMessage message, Action<ReadOnlyMemory<byte>> configure)
    {
        configure(message.Payload);
        SayStatusNow();
        return ValueTask.CompletedTask;
    }

    /// <summary>On the appender's loop.</summary>
    private void OnLaneOpened(SpoolSession session)
    {
        session.Changed = Wake;
        _opened.Enqueue(session);
        Wake();
    }

    /// <summary>After an outage the readings of now get a session of their own, and what waited becomes backlog.</summary>
    private void LookAfterLanes()
    {
        while (_opened.TryDequeue(out var session))
        {
            _senders[0].BecomeBacklog();
            _senders.Insert(0, new SessionSender(session, _options, _time));
            Volatile.Write(ref _known, [.. _senders]);
            PublishLog.NewLane(_logger, TruckId.Value, _senders[1].Session.Unstored, session.SessionId.Value);
        }

        if (_hasNewLink && _lane is not null && _senders.Count <= MaxLanes && _senders[0].Session.Unstored > BatchesBeforeNewLane * _options.BatchReadings)
        {
            _lane.WantNew();
        }

        _hasNewLink = false;
    }
}
