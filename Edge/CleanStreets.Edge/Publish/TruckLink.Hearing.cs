using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>What the link hears: marks, settings, its own coming and going, and new lanes.</summary>
internal sealed partial class TruckLink
{
    // About a minute of live batches: less than that is soon sent in order.
    private const int BatchesBeforeNewLane = 3;

    // Marks name 16 sessions; a link that flaps all day must not leave behind more.
    private const int MaxLanes = 12;

    private async ValueTask TakeMarksAsync(StoredMarks marks)
    {
        foreach (var mark in marks.Sessions ?? [])
        {
            if (Volatile.Read(ref _known).FirstOrDefault(s => s.Session.SessionId == mark.SessionId) is { } sender && sender.Accepts(mark.StoredThrough))
            {
                await _spool.StoredAsync(sender.Session, mark.StoredThrough);
            }
        }
    }

    private async ValueTask TakeEvidenceAnswerAsync(EvidenceAnswer answer)
    {
        foreach (var id in answer.Stored ?? [])
        {
            if (_evidence.Accepts(id))
            {
                await _spool.RemoveEvidenceAsync(id, isStored: true);
            }
        }

        foreach (var refused in answer.Refused ?? [])
        {
            if (_evidence.Accepts(refused.EvidenceId))
            {
                PublishLog.EvidenceRefused(_logger, TruckId.Value, refused.EvidenceId, refused.Reason);
                await _spool.RemoveEvidenceAsync(refused.EvidenceId, isStored: false);
            }
        }
    }

    private void OnLinkChanged(LinkChange change)
    {
        _links.Changed(TruckId, change.IsUp, change.Detail);
        if (change.IsUp)
        {
            _connectedOnce.TrySetResult();
        }
        else
        {
            _linkLost = true;
        }

        Wake();
    }

    private void TakeSettings(ReadOnlyMemory<byte> message)
    {
        _options.Configure!(message);
        SayStatusNow();
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
            _senders.Insert(0, new SessionSender(session, _spool.Key, _options, _time));
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
