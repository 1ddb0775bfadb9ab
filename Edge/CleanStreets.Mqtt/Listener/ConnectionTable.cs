using System.Diagnostics.CodeAnalysis;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Connections by slot; a generation tells the present user of a slot from earlier ones. Owned by the loop.</summary>
internal sealed class ConnectionTable
{
    private readonly List<Connection?> _slots = [];
    private readonly Stack<int> _free = [];
    private uint _generation;

    public int Count { get; private set; }

    public IReadOnlyList<Connection?> Slots => _slots;

    public Connection Add(long nowMs, StoredBytes stored)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(null);
        }

        _generation = _generation >= uint.MaxValue - 1 ? 1 : _generation + 1;
        Count++;
        return _slots[slot] = new Connection(slot, _generation, nowMs, stored);
    }

    public void Remove(Connection connection)
    {
        _slots[connection.Slot] = null;
        _free.Push(connection.Slot);
        Count--;
    }

    public bool TryGet(int slot, uint generation, [NotNullWhen(true)] out Connection? connection)
    {
        connection = (uint)slot < (uint)_slots.Count ? _slots[slot] : null;
        return connection is not null && connection.Generation == generation;
    }
}
