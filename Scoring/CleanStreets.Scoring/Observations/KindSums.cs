using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Observations;

/// <summary>What was counted of one kind on one side.</summary>
internal struct KindSum
{
    public string Kind;
    public Side Side;
    public int Count;

    /// <summary>How many of them came with a confidence.</summary>
    public long Confident;

    /// <summary>Σ count × confidence, thousandths.</summary>
    public long ConfidenceMilli;
}

/// <summary>Counts by kind and side that keep their memory from one pass to the next.</summary>
internal sealed class KindSums
{
    /// <summary>Up to here looking through them is quicker than a dictionary. A truck that invents thousands of kinds must not make it slow.</summary>
    private const int Few = 16;

    private readonly Dictionary<(string Kind, Side Side), int> _places = [];
    private KindSum[] _sums = new KindSum[Few];

    public int Count { get; private set; }

    /// <summary>The sum of a kind on a side, begun when there is none yet; void after the next call.</summary>
    public ref KindSum Of(string kind, Side side)
    {
        var place = Find(kind, side);
        if (place < 0)
        {
            place = Begin(kind, side);
        }

        return ref _sums[place];
    }

    /// <summary>In the order of kind, then side; void after the next call.</summary>
    public ReadOnlySpan<KindSum> InOrder()
    {
        var ordered = _sums.AsSpan(0, Count);
        ordered.Sort(static (one, other) =>
            string.CompareOrdinal(one.Kind, other.Kind) is var byKind and not 0 ? byKind : ((int)one.Side).CompareTo((int)other.Side));
        for (var place = 0; _places.Count > 0 && place < Count; place++)
        {
            _places[(ordered[place].Kind, ordered[place].Side)] = place;
        }

        return ordered;
    }

    public void Clear()
    {
        Array.Clear(_sums, 0, Count); // Kinds must not be kept alive.
        Count = 0;
        _places.Clear();
    }

    private int Find(string kind, Side side)
    {
        if (_places.Count > 0)
        {
            return _places.TryGetValue((kind, side), out var known) ? known : -1;
        }

        for (var place = 0; place < Count; place++)
        {
            // A decoder gives the same string for the same kind.
            if (_sums[place].Side == side && string.Equals(_sums[place].Kind, kind, StringComparison.Ordinal))
            {
                return place;
            }
        }

        return -1;
    }

    private int Begin(string kind, Side side)
    {
        if (Count == _sums.Length)
        {
            Array.Resize(ref _sums, Count * 2);
        }

        _sums[Count] = new KindSum { Kind = kind, Side = side };
        if (Count == Few)
        {
            for (var place = 0; place < Count; place++)
            {
                _places.Add((_sums[place].Kind, _sums[place].Side), place);
            }
        }

        if (_places.Count > 0)
        {
            _places.Add((kind, side), Count);
        }

        return Count++;
    }
}
