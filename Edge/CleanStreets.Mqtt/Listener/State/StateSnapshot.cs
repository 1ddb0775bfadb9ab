namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Writes down everything that is alive, for a new file.</summary>
internal sealed class StateSnapshot(SessionTable sessions, Router router)
{
    public void WriteTo(StateLog log)
    {
        foreach (var message in router.Retained.All)
        {
            log.Retain(message);
        }

        foreach (var session in sessions.All)
        {
            if (session.Lasts)
            {
                Write(session, log);
            }
        }
    }

    private static void Write(Session session, StateLog log)
    {
        log.Session(session);
        foreach (var subscription in session.Subscriptions.Values)
        {
            log.Subscribe(subscription);
        }

        session.InFlight.Renumber(what => log.Queue(session, what), (packetId, delivery) =>
        {
            log.Sent(session, delivery.What.Entry, packetId);
            if (delivery.IsReceived)
            {
                log.Received(session, delivery.What.Entry);
            }
        });
        for (var left = session.Outbox.Count; left > 0; left--)
        {
            var waiting = session.Outbox.Dequeue();
            session.Outbox.Enqueue(waiting.QualityOfService == QualityOfService.AtMostOnce ? waiting : log.Queue(session, waiting));
        }

        foreach (var (packetId, isWritten) in session.AwaitingRelease ?? [])
        {
            if (isWritten)
            {
                log.AwaitRelease(session, packetId);
            }
        }
    }
}
