using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Service;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

/// <summary>The road from a camera to readings: frames at the set pace, looked at, and handed on with the place where they were taken.</summary>
/// <remarks>
/// One loop. A camera that gives no frames makes readings too, with coverage 0: the truck was there and saw nothing, which is not the same as clean. Without a position there is no
/// reading.
/// </remarks>
internal sealed class StreetCamera(
    Camera camera, CameraOptions options, StreetView view, Func<DateTimeOffset, VehicleState> vehicle, Func<Reading, StreetLook, ValueTask> take, TimeProvider time, ILogger logger,
    CameraTrial? trial = null)
{
    private const long Waiting = long.MinValue;

    /// <summary>A look takes a second on a slow box, and a picture that is not encoded ten.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(20);

    private readonly FramePacing _pacing = new(options.Interval, options.EveryMetres);
    private DateTimeOffset? _before;
    private CameraFaults _faults;
    private StreetLook? _last;
    private long _steps;
    private long _busySince = Waiting;

    /// <summary>What was seen last; null before the first frame. Any thread.</summary>
    public StreetLook? Last => Volatile.Read(ref _last);

    /// <summary>Called with every look, whether there is a position for a reading or not.</summary>
    public Action<StreetLook>? Looked { get; set; }

    /// <summary>How far the loop is; it rests while it waits for a frame. Any thread.</summary>
    public Progress Progress => new(Volatile.Read(ref _steps), Volatile.Read(ref _busySince) == Waiting);

    /// <summary>Whether the loop hangs in a frame: until it is free nothing is seen. Any thread.</summary>
    public bool IsStuck => Volatile.Read(ref _busySince) is var since && since != Waiting && time.GetElapsedTime(since) > StuckAfter;

    /// <summary>Looks until the camera's frames end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The waiter is kept over turns: a bounded channel loses items with those that are thrown away.
        var waiting = camera.Frames.WaitToReadAsync(CancellationToken.None).AsTask();
        while (true)
        {
            using var timer = new CancellationTokenSource();
            await Task.WhenAny(waiting, Task.Delay(camera.Patience, time, timer.Token));
            await timer.CancelAsync();
            if (!waiting.IsCompleted)
            {
                Step(time.GetTimestamp());
                await TellBlindAsync();
                Step(Waiting);
                continue;
            }

            if (!await waiting)
            {
                return;
            }

            while (camera.Frames.TryRead(out var frame))
            {
                try
                {
                    Step(time.GetTimestamp());
                    await UseAsync(frame, stop);
                    Step(Waiting);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return; // Stopped while a picture was encoded: it never got its name.
                }
            }

            waiting = camera.Frames.WaitToReadAsync(CancellationToken.None).AsTask();
        }
    }

    private void Step(long busySince)
    {
        Volatile.Write(ref _steps, _steps + 1);
        Volatile.Write(ref _busySince, busySince);
    }

    private async Task UseAsync(CameraFrame frame, CancellationToken stop)
    {
        var state = vehicle(frame.CapturedAt);
        var elapsed = _before is { } before && frame.CapturedAt > before ? frame.CapturedAt - before : TimeSpan.Zero;
        _before = frame.CapturedAt;
        if (!_pacing.Use(frame.CapturedAt, double.IsFinite(state.SpeedMetresPerSecond) ? state.SpeedMetresPerSecond * elapsed.TotalSeconds : 0))
        {
            return;
        }

        var look = await view.LookAsync(frame, state, stop);
        await TellAsync(look, frame.CapturedAt, state);
        if (trial is not null)
        {
            await trial.UseAsync(frame, state, look.Faults, stop);
        }
    }

    private async Task TellBlindAsync()
    {
        var now = time.GetUtcNow();
        var (look, state) = (StreetLook.Blind(Light.Unknown, CameraFaults.Unplugged), vehicle(now));
        await TellAsync(look, now, state);
        if (trial is not null)
        {
            await trial.TellAsync(look, now, state);
        }
    }

    private async Task TellAsync(StreetLook look, DateTimeOffset at, VehicleState state)
    {
        Volatile.Write(ref _last, look);
        if (look.Faults != _faults)
        {
            _faults = look.Faults;
            if (_faults == CameraFaults.None)
            {
                CaptureLog.CameraWell(logger, options.CameraId);
            }
            else
            {
                CaptureLog.CameraFaulty(logger, options.CameraId, string.Join(", ", _faults.Words()));
            }
        }

        Looked?.Invoke(look);
        if (state.HasPosition)
        {
            await take(look.ToReading(at, state), look);
        }
    }
}
