namespace CleanStreets.Ingest.Admit;

/// <summary>The ids of the newest facts, so that a fact sent twice counts once.</summary>
internal sealed class FactMemory(int capacity)
{
    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _inOrder = [];

    public bool Contains(string factId) => _ids.Contains(factId);

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
