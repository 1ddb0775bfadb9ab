using CleanStreets.Scoring.Streets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>Drives recorded traces through the same spool and link: each trace is one truck with one session.</summary>
/// <remarks>
/// Recorded spacing, noise and gaps stay. Without <c>--keep-times</c> a trace is shifted so that it ends now; at most as many trucks
/// as <c>--trucks</c> allows are on the road at once, the others follow. Without streets nothing is seen.
/// </remarks>
internal sealed class ReplayRun(
    IReadOnlyList<ReplayTrace> traces, StreetNetwork? streets, SimulateOptions options, Fleet fleet, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends when every reading of every trace is stored by the city, or at <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        fleet.AddLeftovers(traces.Select(t => t.Truck));
        var waiting = new Queue<(ReplayTrace Trace, ReplayEyes? Eyes)>(traces.Zip(Eyes()));
        var driving = new List<Drive>();
        while ((waiting.Count > 0 || driving.Count > 0) && !stop.IsCancellationRequested)
        {
            while (driving.Count < options.Trucks && waiting.TryDequeue(out var next))
            {
                driving.Add(new Drive(next.Trace, next.Eyes, fleet.Add(next.Trace.Truck), ShiftOf(next.Trace), time.GetTimestamp()));
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

    /// <summary>A camera for each trace, by its place in the file; none without streets.</summary>
    private IEnumerable<ReplayEyes?> Eyes()
    {
        if (streets is null)
        {
            return traces.Select(_ => (ReplayEyes?)null);
        }

        SimulateLog.InSight(logger, traces.Sum(t => t.Fixes.Count(f => ReplayEyes.IsNearStreet(f, streets))), traces.Sum(t => t.Fixes.Count), options.Streets);
        var city = new DirtyCity(streets, options.Seed, beganMs: 0, options.DirtyStreet ? DirtyCity.ChooseStory(streets) : null);
        return traces.Select((trace, i) => new ReplayEyes(trace, streets, city, new Random(unchecked((options.Seed * 31) + (i * 7919) + 2))));
    }

    private long ShiftOf(ReplayTrace trace) =>
        options.KeepTimes ? 0 : time.GetUtcNow().ToUnixTimeMilliseconds() - trace.DurationMs - trace.Fixes[0].AtMs;

    /// <summary>A trace on the road.</summary>
    private sealed class Drive(ReplayTrace trace, ReplayEyes? eyes, TruckStation station, long shiftMs, long began)
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
                var reading = eyes?.Look(fix, shiftMs) ?? ReplayEyes.Blind(fix, shiftMs);
                await station.TakeAsync(in reading, eyes is null ? default : eyes.Detections);
            }

            return _next - from;
        }
    }
}
