namespace CleanStreets.Contracts.Trucks;

/// <summary>Ingest's word to a truck on <see cref="Topics.Acks"/>: up to where its sessions are on disk. The newest 16 sessions.</summary>
/// <param name="Sessions">One mark a session, newest session first.</param>
public sealed record StoredMarks(IReadOnlyList<SessionMark> Sessions)
{
    /// <summary>Most sessions in one message.</summary>
    public const int MaxSessions = 16;
}

/// <summary>The mark of one session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="StoredThrough">Nothing up to this sequence need be sent again. Never falls.</param>
public sealed record SessionMark(SessionId SessionId, long StoredThrough);
