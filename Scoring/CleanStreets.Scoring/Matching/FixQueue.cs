namespace CleanStreets.Scoring.Matching;

/// <summary>Fixes that were added and not yet spoken of, in order: a ring that grows when it must and keeps its memory.</summary>
internal sealed class FixQueue
{
    private TraceFix[] _fixes = new TraceFix[16];
    private int _head;

    public int Count { get; private set; }

    public ref readonly TraceFix this[int index] => ref _fixes[(_head + index) & (_fixes.Length - 1)];

    public void Add(in TraceFix fix)
    {
        if (Count == _fixes.Length)
        {
            Grow();
        }

        _fixes[(_head + Count++) & (_fixes.Length - 1)] = fix;
    }

    public TraceFix Take()
    {
        var fix = _fixes[_head];
        _head = (_head + 1) & (_fixes.Length - 1);
        Count--;
        return fix;
    }

    private void Grow()
    {
        var larger = new TraceFix[_fixes.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_fixes, _head) = (larger, 0);
    }
}
