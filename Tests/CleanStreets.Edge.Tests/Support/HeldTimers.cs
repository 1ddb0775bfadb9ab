using System.Collections.Concurrent;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>The system's clock, whose timers can be held back: what waits for one waits until they are let go, however slow the machine.</summary>
internal sealed class HeldTimers : TimeProvider
{
    private readonly ConcurrentQueue<(ITimer Timer, TimeSpan Due)> _held = [];
    private volatile bool _isHeld;

    /// <summary>From now on no timer runs out.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>All that were held run out in their time, and so do later ones.</summary>
    public void LetGo()
    {
        _isHeld = false;
        while (_held.TryDequeue(out var held))
        {
            held.Timer.Change(held.Due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!_isHeld)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        var timer = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        _held.Enqueue((timer, dueTime));
        if (!_isHeld)
        {
            LetGo(); // They were let go meanwhile.
        }

        return timer;
    }
}
