using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>Marks of sessions whose truck had given up its place when a snapshot of version 1 was written: nothing up to a mark counts again. None come to them; <see cref="ForgottenTrucks"/> knows more.</summary>
internal sealed class ForgottenMarks(int capacity)
{
    private const int MarksInAnItem = 1024;

    private readonly Dictionary<ulong, long> _marks = [];
    private readonly Queue<ulong> _inOrder = [];

    public int Count => _marks.Count;

    /// <summary>Marks that were saved and did not fit when they were loaded: the oldest.</summary>
    public int Dropped { get; private set; }

    /// <summary>The mark; 0 when none is known.</summary>
    public long this[ulong id] => _marks.GetValueOrDefault(id);

    public void Add(ulong id, long mark)
    {
        if (capacity > 0 && mark > 0 && !_marks.TryAdd(id, mark))
        {
            _marks[id] = Math.Max(_marks[id], mark);
        }
        else if (capacity > 0 && mark > 0)
        {
            _inOrder.Enqueue(id);
            if (_inOrder.Count > capacity)
            {
                _marks.Remove(_inOrder.Dequeue());
            }
        }
    }

    public void Save(StateWriter state, long tag)
    {
        foreach (var chunk in _inOrder.Chunk(MarksInAnItem))
        {
            state.Number(tag);
            state.Number(chunk.Length);
            foreach (var id in chunk)
            {
                state.Number((long)id);
                state.Number(_marks[id]);
            }

            state.EndItem();
        }
    }

    public void Load(ref StateReader state)
    {
        var (before, saved) = (_marks.Count, state.Count());
        for (var left = saved; left > 0; left--)
        {
            Add((ulong)state.Number(), state.Number());
        }

        Dropped += before + saved - _marks.Count;
    }
}
