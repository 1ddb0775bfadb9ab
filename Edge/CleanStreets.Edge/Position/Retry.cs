namespace CleanStreets.Edge.Position;

/// <summary>Waits before another try: longer after each failure, up to a bound, and short again after a success.</summary>
internal sealed class Retry
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;
    private readonly TimeProvider _time;
    private TimeSpan _next;

    /// <summary>Makes the waits.</summary>
    public Retry(TimeSpan first, TimeSpan longest, TimeProvider time) => (_first, _longest, _time, _next) = (first, longest, time, first);

    /// <summary>All is well again.</summary>
    public void Succeeded() => _next = _first;

    /// <summary>Waits.</summary>
    public async Task WaitAsync(CancellationToken stop)
    {
        var wait = _next;
        _next = wait * 2 < _longest ? wait * 2 : _longest;
        await Task.Delay(wait, _time, stop);
    }
}
