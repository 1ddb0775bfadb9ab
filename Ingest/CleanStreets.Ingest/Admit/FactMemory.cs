using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>The ids of the newest facts, so that a fact sent twice counts once.</summary>
internal sealed class FactMemory(int capacity)
{
    private const int IdsInAnItem = 1024;

    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _inOrder = [];

    public bool Contains(string factId) => _ids.Contains(factId);

    public void Save(StateWriter state, long tag)
    {
        foreach (var chunk in _inOrder.Chunk(IdsInAnItem))
        {
            state.Number(tag);
            state.Number(chunk.Length);
            foreach (var id in chunk)
            {
                state.Text(id);
            }

            state.EndItem();
        }
    }

    public void Load(ref StateReader state)
    {
        for (var left = state.Count(); left > 0; left--)
        {
            Add(state.RequiredText());
        }
    }

    public void Add(string factId)
    {
        if (_ids.Add(factId))
        {
            _inOrder.Enqueue(factId);
            if (_inOrder.Count > capacity)
            {
                _ids.Remove(_inOrder.Dequeue());
            }
        }
    }
}
