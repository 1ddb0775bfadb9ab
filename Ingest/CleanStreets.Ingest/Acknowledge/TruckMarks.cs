using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>The stored marks of one truck's newest sessions, and what the truck or its topic has not been told yet.</summary>
internal sealed class TruckMarks(TruckId truck)
{
    // Oldest first; 16 at most, so looking through them is cheaper than a dictionary.
    private readonly List<(SessionId Session, long StoredThrough)> _sessions = [];

    public TruckId Truck { get; } = truck;

    /// <summary>The truck has a place among those that are known: its marks stay. Otherwise they are cleared once they are told.</summary>
    public bool IsKept { get; set; }

    /// <summary>Whether there is anything to be told; then it is in the list of those.</summary>
    public bool Untold { get; set; }

    public DateTimeOffset ToldAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>No marks: what is to be told is that the topic's retained message is gone.</summary>
    public bool IsEmpty => _sessions.Count == 0;

    public void Clear() => _sessions.Clear();

    /// <summary>Takes over a session's mark; false when it knows one that is as high.</summary>
    public bool Set(SessionId session, long storedThrough)
    {
        var index = IndexOf(session);
        if (index >= 0 && _sessions[index].StoredThrough >= storedThrough)
        {
            return false;
        }

        // What nearly always happens: the newest session goes on.
        if (index >= 0 && index == _sessions.Count - 1)
        {
            _sessions[index] = (session, storedThrough);
            return true;
        }

        if (index >= 0)
        {
            _sessions.RemoveAt(index);
        }
        else if (_sessions.Count == StoredMarks.MaxSessions)
        {
            _sessions.RemoveAt(0);
        }

        _sessions.Add((session, storedThrough));
        return true;
    }

    public StoredMarks ToMessage()
    {
        var newestFirst = new List<SessionMark>(_sessions.Count);
        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            newestFirst.Add(new SessionMark(_sessions[i].Session, _sessions[i].StoredThrough));
        }

        return new StoredMarks(newestFirst);
    }

    private int IndexOf(SessionId session)
    {
        var index = _sessions.Count - 1;
        while (index >= 0 && _sessions[index].Session != session)
        {
            index--;
        }

        return index;
    }
}
