namespace CleanStreets.Dashboard.Live;

/// <summary>The newest events, for browsers that come back. Bounded in number and in characters.</summary>
internal sealed class LiveRing(int maxFrames = 4096, long maxCharacters = 16_000_000)
{
    private readonly Queue<LiveFrame> _frames = new();
    private long _characters;
    private long _forgottenThrough;

    /// <summary>Starts the numbering after <paramref name="revision"/>: nothing up to it can be replayed.</summary>
    public void StartAfter(long revision) => _forgottenThrough = revision;

    public void Add(LiveFrame frame)
    {
        _frames.Enqueue(frame);
        _characters += frame.Data.Length;
        while (_frames.Count > maxFrames || _characters > maxCharacters)
        {
            var forgotten = _frames.Dequeue();
            _characters -= forgotten.Data.Length;
            _forgottenThrough = forgotten.Id;
        }
    }

    /// <summary>What a browser missed after <paramref name="since"/>; null when that is no longer, or not yet, known.</summary>
    public IReadOnlyList<LiveFrame>? After(long since, long newest) =>
        since < _forgottenThrough || since > newest ? null : [.. _frames.SkipWhile(frame => frame.Id <= since)];
}
