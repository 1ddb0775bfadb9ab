using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Service;

/// <summary>How far a loop is.</summary>
/// <param name="Steps">Steps it has made.</param>
/// <param name="IsResting">It waits for somebody else (a receiver, the city), so that it need not move.</param>
internal readonly record struct Progress(long Steps, bool IsResting);

/// <summary>Says to systemd that the program is well, as long as each of its loops has moved since the last time or waits for somebody else.</summary>
/// <remarks>
/// Each look waits a third of systemd's interval from the one before, so that a machine that stood still brings no two looks at once. A look right after such a stall may find
/// loops that had no time to move; a part is said to be stuck when the next look finds it so, too.
/// </remarks>
internal sealed class Watchdog(ServiceManager manager, IReadOnlyList<(string Name, Func<Progress> Look)> parts, TimeProvider time, ILogger logger)
{
    // Two looks may miss before systemd acts.
    private const int LooksAnInterval = 3;

    private readonly Progress[] _before = new Progress[parts.Count];
    private string? _stuck;
    private int _stuckLooks;

    /// <summary>Looks and says, until stopped; ends at once where nobody wants to hear it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (manager.Watchdog is not { } interval)
        {
            return;
        }

        try
        {
            while (true)
            {
                var stuck = Stuck();
                _stuckLooks = stuck == _stuck ? _stuckLooks + 1 : 1;
                _stuck = stuck;
                if (stuck is null)
                {
                    manager.Alive();
                }
                else if (_stuckLooks == 2)
                {
                    ServiceLog.Stuck(logger, stuck, interval.TotalSeconds);
                }

                await Task.Delay(interval / LooksAnInterval, time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Our own stop.
        }
    }

    private string? Stuck()
    {
        string? stuck = null;
        for (var i = 0; i < parts.Count; i++)
        {
            var now = parts[i].Look();
            stuck ??= !now.IsResting && now == _before[i] ? parts[i].Name : null;
            _before[i] = now;
        }

        return stuck;
    }
}
