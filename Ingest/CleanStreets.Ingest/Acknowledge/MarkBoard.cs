using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>The stored marks of every truck's newest sessions, and which of them the truck has not been told yet.</summary>
internal sealed class MarkBoard(TimeSpan interval)
{
    private readonly Dictionary<TruckId, TruckMarks> _trucks = [];
    private readonly List<TruckMarks> _untold = [];

    /// <summary>Takes over a session's mark; a mark never falls.</summary>
    public void Set(TruckId truck, SessionId session, long storedThrough)
    {
        if (!_trucks.TryGetValue(truck, out var marks))
        {
            _trucks.Add(truck, marks = new TruckMarks(truck));
        }

        if (marks.Set(session, storedThrough) && !marks.Untold)
        {
            marks.Untold = true;
            _untold.Add(marks);
        }
    }

    /// <summary>What may be told now: trucks with news that were last told long enough ago. Once <paramref name="tell"/> answers false, the rest stays due.</summary>
    public void TakeDue(DateTimeOffset now, Func<TruckId, StoredMarks, bool> tell)
    {
        for (var i = _untold.Count - 1; i >= 0; i--)
        {
            var marks = _untold[i];
            // A clock that was put back must not hold up marks until it is there again: with a broker in between, trucks would keep everything.
            if (now - marks.ToldAt >= interval || now < marks.ToldAt)
            {
                if (!tell(marks.Truck, marks.ToMessage()))
                {
                    return;
                }

                marks.Untold = false;
                marks.ToldAt = now;
                _untold.RemoveAt(i);
            }
        }
    }

    private sealed class TruckMarks(TruckId truck)
    {
        // Oldest first; 16 at most, so looking through them is cheaper than a dictionary.
        private readonly List<(SessionId Session, long StoredThrough)> _sessions = [];

        public TruckId Truck { get; } = truck;

        public bool Untold { get; set; }

        public DateTimeOffset ToldAt { get; set; } = DateTimeOffset.MinValue;

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

        private int IndexOf(SessionId session)
        {
            var index = _sessions.Count - 1;
            while (index >= 0 && _sessions[index].Session != session)
            {
                index--;
            }

            return index;
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
    }
}
