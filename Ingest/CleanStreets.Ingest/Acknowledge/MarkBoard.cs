using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>The stored marks of every truck's newest sessions, which of them the truck has not been told yet, and which topics are to be cleared.</summary>
/// <remarks>
/// As bounded as the trucks that admission knows: with its place a truck loses its marks, and once the empty message that clears its topic is
/// told, nothing of it is left here. A truck without a place that sends what is stored already is told its mark and then cleared too: at most
/// <see cref="WithoutPlace"/> of those wait at a time, and one more has to send again.
/// </remarks>
internal sealed class MarkBoard(TimeSpan interval)
{
    /// <summary>Most trucks without a place whose marks wait to be told or cleared, those that just lost theirs not counted.</summary>
    public const int WithoutPlace = 1024;

    private readonly Dictionary<TruckId, TruckMarks> _trucks = [];
    private readonly List<TruckMarks> _untold = [];
    private int _withoutPlace;

    /// <summary>Trucks of which anything is kept here.</summary>
    public int Count => _trucks.Count;

    /// <summary>Takes over a session's mark; a mark never falls.</summary>
    public void Set(TruckId truck, SessionId session, long storedThrough)
    {
        if (!_trucks.TryGetValue(truck, out var marks))
        {
            _trucks.Add(truck, marks = new TruckMarks(truck));
        }
        else if (!marks.IsKept)
        {
            // It has a place again before it was cleared.
            _withoutPlace--;
        }

        marks.IsKept = true;
        if (marks.Set(session, storedThrough))
        {
            Tell(marks);
        }
    }

    /// <summary>The mark of a truck without a place, which is told and then cleared.</summary>
    public void SetOnce(TruckId truck, SessionId session, long storedThrough)
    {
        if (!_trucks.TryGetValue(truck, out var marks))
        {
            if (_withoutPlace >= WithoutPlace)
            {
                return;
            }

            _withoutPlace++;
            _trucks.Add(truck, marks = new TruckMarks(truck));
        }

        if (marks.Set(session, storedThrough))
        {
            Tell(marks);
        }
    }

    /// <summary>The truck gave up its place: its marks are forgotten, and its topic is to be cleared.</summary>
    public void Forget(TruckId truck)
    {
        if (!_trucks.TryGetValue(truck, out var marks))
        {
            _trucks.Add(truck, marks = new TruckMarks(truck) { IsKept = true });
        }

        _withoutPlace += marks.IsKept ? 1 : 0;
        marks.IsKept = false;
        marks.Clear();
        Tell(marks);
    }

    /// <summary>What may be told now: trucks with news that were last told long enough ago; without marks, that the topic is to be cleared. Once <paramref name="tell"/> answers false, the rest stays due.</summary>
    public void TakeDue(DateTimeOffset now, Func<TruckId, StoredMarks?, bool> tell)
    {
        for (var i = _untold.Count - 1; i >= 0; i--)
        {
            var marks = _untold[i];

            // A clock that was put back must not hold up marks until it is there again: with a broker in between, trucks would keep everything.
            if (now - marks.ToldAt >= interval || now < marks.ToldAt)
            {
                if (!tell(marks.Truck, marks.IsEmpty ? null : marks.ToMessage()))
                {
                    return;
                }

                marks.ToldAt = now;
                Told(marks, i);
            }
        }
    }

    private void Told(TruckMarks marks, int index)
    {
        if (!marks.IsKept && !marks.IsEmpty)
        {
            marks.Clear(); // Told; the next thing to be told of it is that it is cleared.
            return;
        }

        marks.Untold = false;
        _untold.RemoveAt(index);
        if (!marks.IsKept)
        {
            _withoutPlace--;
            _trucks.Remove(marks.Truck);
        }
    }

    private void Tell(TruckMarks marks)
    {
        if (!marks.Untold)
        {
            marks.Untold = true;
            _untold.Add(marks);
        }
    }
}
