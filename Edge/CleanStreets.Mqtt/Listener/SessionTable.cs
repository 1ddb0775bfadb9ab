namespace CleanStreets.Mqtt.Listener;

/// <summary>The sessions by client identifier; at most one connection each [MQTT-3.1.4-3]. Owned by the loop.</summary>
internal sealed class SessionTable
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    public int Count => _sessions.Count;

    public IEnumerable<Session> All => _sessions.Values;

    public bool TryGet(string clientId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Session? session) =>
        _sessions.TryGetValue(clientId, out session);

    public void Set(Session session) => _sessions[session.ClientId] = session;

    /// <summary>Removes the session unless another has taken its identifier over.</summary>
    public void Remove(Session session)
    {
        if (_sessions.TryGetValue(session.ClientId, out var current) && current == session)
        {
            _sessions.Remove(session.ClientId);
        }
    }

    /// <summary>Adds every session without a client whose will is due or whose time is over to <paramref name="into"/>.</summary>
    public void FindDue(long nowMs, List<Session> into)
    {
        foreach (var session in _sessions.Values)
        {
            if (session.Connection is null && (session.ExpiresAtMs <= nowMs || session.DelayedWill?.DueAtMs <= nowMs))
            {
                into.Add(session);
            }
        }
    }
}
