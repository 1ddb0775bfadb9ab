namespace CleanStreets.Mqtt.Listener;

/// <summary>How sessions begin, go on without their client, and end. Owned by the loop.</summary>
internal sealed class SessionKeeper(LoopState state, SessionTable sessions, Router router, Deliverer deliverer)
{
    private readonly List<Session> _due = [];

    /// <summary>Wills to publish, with the client each is from; taken by the loop.</summary>
    public Queue<(StoredMessage Will, string ClientId)> Wills { get; } = new();

    /// <summary>Whether another session may begin.</summary>
    public bool HasRoomFor(string clientId) => sessions.Count < state.Options.MaxSessions || sessions.TryGet(clientId, out _);

    /// <summary>The place among all CONNECTs of the one that the client is connected by now; 0: it is not connected.</summary>
    public long ConnectOrderOf(string clientId) => sessions.TryGet(clientId, out var session) ? session.Connection?.ConnectOrder ?? 0 : 0;

    /// <summary>Finds or makes the session of a client that connects, and sends an earlier connection of it away. Answers whether it was there.</summary>
    /// <remarks>A session made under another user name is not handed over: it ends, and the client begins with an empty one.</remarks>
    public bool Attach(Connection connection, string clientId, string? userName, bool cleanStart, uint expirySeconds, int window)
    {
        if (sessions.TryGet(clientId, out var session))
        {
            var isAnothers = session.IsUserNameKnown && session.UserName != userName;
            if (isAnothers && session.Lasts)
            {
                state.Tally.MessagesDropped += session.Outbox.Count + session.InFlight.Count;
                ListenerLog.SessionOfAnother(state.Logger, clientId, session.UserName, userName);
            }

            var goesOn = session.Lasts && !cleanStart && !isAnothers;
            TakeOver(session, goesOn);
            if (!goesOn)
            {
                End(session);
                session = null;
            }
        }

        var wasThere = session is not null;
        session ??= new Session(clientId, state.Stored);
        state.Tally.Clients += session.Connection is null ? 1 : 0;
        state.Tally.ClientsConnected++;
        (session.UserName, session.IsUserNameKnown, session.Certificate) = (userName, true, connection.Certificate);
        Judge(session);
        session.Connection = connection;
        session.ExpirySeconds = expirySeconds;
        session.ExpiresAtMs = long.MaxValue;
        session.DelayedWill = null; // [MQTT-3.1.3-9]
        session.InFlight.BeginAgain(window);
        connection.Session = session;
        sessions.Set(session);
        state.Tally.Sessions = sessions.Count;
        if (session.Lasts || session.Number != 0)
        {
            state.Log?.Session(session);
        }

        return wasThere;
    }

    /// <summary>A connection has ended: its session ends too, or goes on alone.</summary>
    public void Detach(Connection connection)
    {
        if (connection.Session is not { } session)
        {
            return;
        }

        var isCurrent = session.Connection == connection;
        state.Tally.Clients -= isCurrent ? 1 : 0;
        if (isCurrent && session.Lasts)
        {
            ForgetUnfinished(connection, session);
            session.GoOffline(state.NowMs);
            state.Log?.Session(session);
        }

        if (isCurrent)
        {
            connection.Will = Allowed(connection.Will, session);
        }

        TakeWill(connection, session, mayWait: isCurrent && session.Lasts);
        if (isCurrent && !session.Lasts)
        {
            End(session);
        }
    }

    /// <summary>Access rules have changed: every session gets its rights anew.</summary>
    public void JudgeAll()
    {
        foreach (var session in sessions.All)
        {
            // One that an earlier version has written down is judged when its client comes.
            if (session.IsUserNameKnown)
            {
                Judge(session);
            }
        }
    }

    /// <summary>Gives a session its rights and takes away the subscriptions and waiting messages it has no right to.</summary>
    private void Judge(Session session)
    {
        session.IsUnreadableSaid = false;
        session.Rights = state.Access.RightsOf(session.ClientId, session.UserName);
        if (session.Rights is not { } rights)
        {
            return;
        }

        foreach (var subscription in session.Subscriptions.Values.Where(subscription => !rights.MaySubscribe(subscription.Path)).ToArray())
        {
            ListenerLog.NoLongerAllowed(state.Logger, session.ClientId, System.Text.Encoding.UTF8.GetString(subscription.Filter));
            router.Unsubscribe(session, subscription.Filter);
        }

        deliverer.DropUnreadable(session);
    }

    /// <summary>Ends the sessions whose time is over, and says the wills whose delay is.</summary>
    public void Sweep()
    {
        _due.Clear();
        sessions.FindDue(state.NowMs, _due);
        foreach (var session in _due)
        {
            SayDelayedWill(session);
            if (session.ExpiresAtMs <= state.NowMs)
            {
                state.Tally.SessionsExpired++;
                End(session);
            }
        }
    }

    private void TakeOver(Session session, bool goesOn)
    {
        if (session.Connection is { } earlier)
        {
            ForgetUnfinished(earlier, session); // The newcomer sends them again, and its identifiers are told apart from the earlier ones.
            if (goesOn && earlier.WillDelaySeconds > 0)
            {
                earlier.Will = null;
            }

            earlier.Will = Allowed(earlier.Will, session); // Judged now: from here on the session has the newcomer's name.
            ListenerLog.Gone(state.Logger, session.ClientId, "session taken over");
            state.Close(earlier, MqttReasonCode.SessionTakenOver);
        }
        else if (!goesOn)
        {
            SayDelayedWill(session); // The session ends, and that is what the will waited for.
        }
    }

    private void TakeWill(Connection connection, Session session, bool mayWait)
    {
        if (connection.Will is not { } will)
        {
            return;
        }

        connection.Will = null;
        if (mayWait && connection.WillDelaySeconds > 0)
        {
            var dueAtMs = Math.Min(session.ExpiresAtMs, state.NowMs + (connection.WillDelaySeconds * 1000L));
            session.DelayedWill = (will, dueAtMs);
        }
        else
        {
            Wills.Enqueue((will with { ArrivedAtMs = state.NowMs }, session.ClientId));
        }
    }

    private void SayDelayedWill(Session session)
    {
        var will = Allowed(session.DelayedWill?.Message, session);
        session.DelayedWill = null;
        if (will is not null)
        {
            Wills.Enqueue((will with { ArrivedAtMs = state.NowMs }, session.ClientId));
        }
    }

    /// <summary>What the hook has taken and not acknowledged counts as never received: the client sends it again.</summary>
    private static void ForgetUnfinished(Connection connection, Session session)
    {
        if (session.AwaitingRelease is { } awaiting)
        {
            connection.Acknowledgements.ForgetUnfinished(awaiting);
        }
    }

    /// <summary>The will if its client may still say it: rules and revocations may have changed since CONNECT.</summary>
    private StoredMessage? Allowed(StoredMessage? will, Session session)
    {
        if (will is not null && session.Certificate is { } certificate && state.Revoked.Covers(certificate))
        {
            ListenerLog.WillOfRevoked(state.Logger, session.ClientId, certificate.Revoked);
            return null;
        }

        // Asked anew: a session that nobody has judged yet may have a will too.
        if (will is null || state.Access.RightsOf(session.ClientId, session.UserName) is not { } rights || rights.MayWrite(will.Topic))
        {
            return will;
        }

        ListenerLog.WillNotAllowed(state.Logger, session.ClientId, System.Text.Encoding.UTF8.GetString(will.Topic));
        return null;
    }

    private void End(Session session)
    {
        router.Forget(session);
        sessions.Remove(session);
        state.Tally.Sessions = sessions.Count;
        session.ExpirySeconds = 0;
        if (session.Number != 0)
        {
            state.Log?.EndSession(session);
        }
    }
}
