namespace CleanStreets.Ingest.Admit;

/// <summary>The sequences of a session that are settled, as few ascending ranges that never touch.</summary>
internal sealed class SequenceRanges
{
    private readonly List<SequenceRange> _ranges = [];

    public int Count => _ranges.Count;

    public IReadOnlyList<SequenceRange> Items => _ranges;

    public bool Contains(long sequence)
    {
        var index = FirstNotBelow(sequence);
        return index < _ranges.Count && _ranges[index].First <= sequence;
    }

    /// <summary>The last sequence of the range that holds <paramref name="sequence"/>, or <paramref name="sequence"/> − 1.</summary>
    public long EndOfRunAt(long sequence)
    {
        var index = FirstNotBelow(sequence);
        return index < _ranges.Count && _ranges[index].First <= sequence ? _ranges[index].Last : sequence - 1;
    }

    /// <summary>How many ranges there would be after <see cref="Add"/>.</summary>
    public int CountAfterAdd(long first, long last)
    {
        var (from, to) = Touching(first, last);
        return _ranges.Count - (to - from) + 1;
    }

    public void Add(long first, long last)
    {
        // What nearly always happens: the session goes on where it was.
        if (_ranges.Count > 0 && _ranges[^1].Last == first - 1)
        {
            _ranges[^1] = _ranges[^1] with { Last = last };
            return;
        }

        var (from, to) = Touching(first, last);
        if (from < to)
        {
            first = Math.Min(first, _ranges[from].First);
            last = Math.Max(last, _ranges[to - 1].Last);
            _ranges.RemoveRange(from, to - from);
        }

        _ranges.Insert(from, new SequenceRange(first, last));
    }

    /// <summary>Forgets all ranges but the lowest <paramref name="count"/>; answers what they spanned, from the first to the last.</summary>
    public SequenceRange ForgetBeyond(int count)
    {
        var spanned = new SequenceRange(_ranges[count].First, _ranges[^1].Last);
        _ranges.RemoveRange(count, _ranges.Count - count);
        return spanned;
    }

    /// <summary>Ranges that overlap or touch, as [from, to).</summary>
    private (int From, int To) Touching(long first, long last)
    {
        var from = FirstNotBelow(first - 1);
        var to = from;
        while (to < _ranges.Count && _ranges[to].First <= last + 1)
        {
            to++;
        }

        return (from, to);
    }

    /// <summary>Index of the first range that ends at or behind <paramref name="sequence"/>.</summary>
    private int FirstNotBelow(long sequence)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Last < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>Sequences from first to last, both included.</summary>
internal readonly record struct SequenceRange(long First, long Last)
{
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
