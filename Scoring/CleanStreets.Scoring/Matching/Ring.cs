namespace CleanStreets.Scoring.Matching;

/// <summary>A queue in one array that grows when it must and keeps its memory.</summary>
internal sealed class Ring<T>
    where T : struct
{
    private const int FirstCapacity = 16;

    private T[] _items = new T[FirstCapacity];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The oldest item. There must be one.</summary>
    public ref T Oldest => ref _items[_head];

    /// <summary>An item by its age, the oldest first. There must be one.</summary>
    public ref readonly T this[int place] => ref _items[(_head + place) & (_items.Length - 1)];

    /// <summary>Looks at the queue itself; see <see cref="Observations.TraceObserver.Fetch"/>.</summary>
    public long Fetch() => Count;

    /// <summary>Looks at its oldest item and at the place of the next one.</summary>
    public long FetchEnds() => FirstByte(ref _items[_head]) + FirstByte(ref _items[(_head + Count) & (_items.Length - 1)]);

    private static byte FirstByte(ref T item) => System.Runtime.CompilerServices.Unsafe.As<T, byte>(ref item);

    public void Add(in T item)
    {
        if (Count == _items.Length)
        {
            var larger = new T[_items.Length * 2];
            _items.AsSpan(_head).CopyTo(larger);
            _items.AsSpan(0, _head).CopyTo(larger.AsSpan(_items.Length - _head));
            (_items, _head) = (larger, 0);
        }

        _items[(_head + Count++) & (_items.Length - 1)] = item;
    }

    /// <summary>Removes and returns the oldest item. There must be one.</summary>
    public T Take()
    {
        var item = _items[_head];
        _items[_head] = default; // A reading's texts must not be kept alive by a slot that is free.
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }
}
