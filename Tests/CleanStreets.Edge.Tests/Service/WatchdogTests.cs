using System.Collections.Concurrent;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Service;

/// <summary>When a loop counts as stuck, look by look.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];
    private readonly Looks _looks = new();
    private long _steps = 1;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Loop_that_has_not_moved_right_after_a_machine_stood_still_is_not_called_stuck_and_one_that_never_moves_is_once()
    {
        using var ear = new NotifySocket(_folder.Combine("notify"));
        using var manager = new ServiceManager(_folder.Combine("notify"), TimeSpan.FromSeconds(3));
        using var stop = new CancellationTokenSource();
        var watching = new Watchdog(manager, [("The spool", () => new Progress(_steps, IsResting: false))], _looks, new LineLogger(_log)).RunAsync(stop.Token);
        await AliveAsync(ear, 1);

        // The machine stood still, and the look comes before the loop has had a moment.
        await _looks.NextAsync();
        _steps++;
        await _looks.NextAsync();
        await AliveAsync(ear, 2);
        _log.ShouldBeEmpty();

        for (var look = 0; look < 3; look++)
        {
            await _looks.NextAsync();
        }

        await _looks.WaitingAsync();
        _log.ShouldHaveSingleItem().ShouldStartWith("The spool has not moved");
        _steps++;
        await _looks.NextAsync();
        await AliveAsync(ear, 3);
        await stop.CancelAsync();
        await watching;
    }

    private static Task AliveAsync(NotifySocket ear, int times) => Eventually.TrueAsync($"WATCHDOG=1 was said {times} times", () => ear.Said("WATCHDOG=1") == times);

    /// <summary>Time that passes look by look.</summary>
    private sealed class Looks : TimeProvider
    {
        private readonly ConcurrentQueue<Action> _waiting = [];

        /// <summary>Waits until the next look is waited for.</summary>
        public Task WaitingAsync() => Eventually.TrueAsync("a look is waited for", () => !_waiting.IsEmpty);

        /// <summary>The next look is due.</summary>
        public async Task NextAsync()
        {
            await WaitingAsync();
            _waiting.TryDequeue(out var due).ShouldBeTrue();
            due!();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waiting.Enqueue(() => callback(state));
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
