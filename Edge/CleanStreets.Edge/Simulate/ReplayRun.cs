using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Simulate;

/// <summary>Drives recorded traces through the same spool and link: each trace is one truck with one session.</summary>
/// <remarks>
/// Recorded spacing, noise and gaps stay. Without <c>--keep-times</c> a trace is shifted so that it ends now; at most as many trucks
/// as <c>--trucks</c> allows are on the road at once, the others follow.
/// </remarks>
internal sealed class ReplayRun(IReadOnlyList<ReplayTrace> traces, SimulateOptions options, Fleet fleet, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends when every reading of every trace is stored by the city, or at <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        fleet.AddLeftovers(traces.Select(t => t.Truck));
        var waiting = new Queue<ReplayTrace>(traces);
        var driving = new List<Drive>();
        while ((waiting.Count > 0 || driving.Count > 0) && !stop.IsCancellationRequested)
        {
            while (driving.Count < options.Trucks && waiting.TryDequeue(out var next))
            {
                driving.Add(new Drive(next, fleet.Add(next.Truck), ShiftOf(next), time.GetTimestamp()));
            }

            foreach (var drive in driving)
            {
                fleet.Count(await drive.AdvanceAsync(options.Speed, time));
            }

            foreach (var arrived in driving.Where(d => d.IsOver && waiting.Count > 0).ToList())
            {
                driving.Remove(arrived);
                await fleet.RemoveAsync(arrived.Station);
            }

            if (driving.TrueForAll(d => d.IsOver) && waiting.Count == 0)
            {
                return;
            }

            await Task.Delay(Tick, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private long ShiftOf(ReplayTrace trace) =>
        options.KeepTimes ? 0 : time.GetUtcNow().ToUnixTimeMilliseconds() - trace.DurationMs - trace.Fixes[0].AtMs;

    /// <summary>A trace on the road.</summary>
    private sealed class Drive(ReplayTrace trace, TruckStation station, long shiftMs, long began)
    {
        private int _next;

        public TruckStation Station => station;

        /// <summary>Every fix was driven and is stored.</summary>
        public bool IsOver => _next == trace.Fixes.Count && station.Live.StoredThrough >= _next && station.Link.Unstored == 0;

        public async ValueTask<int> AdvanceAsync(double speed, TimeProvider time)
        {
            var from = _next;
            var reached = speed <= 0 ? double.MaxValue : trace.Fixes[0].AtMs + (time.GetElapsedTime(began).TotalMilliseconds * speed);
            for (; _next < trace.Fixes.Count && trace.Fixes[_next].AtMs <= reached; _next++)
            {
                var fix = trace.Fixes[_next];
                var reading = new Reading { CapturedAtMs = fix.AtMs + shiftMs, LatitudeE7 = fix.LatitudeE7, LongitudeE7 = fix.LongitudeE7 };
                await station.TakeAsync(in reading, default);
            }

            return _next - from;
        }
    }
}
