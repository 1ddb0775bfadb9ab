using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Capture;

/// <summary>Takes frames from a camera through ffmpeg, and starts it again when it fails.</summary>
/// <remarks>
/// Of a live camera only the newest frame is kept: an old one says where litter was, not where it is. Of a recording that runs as fast as it is used every frame is kept.
/// The frames end when a recording ends (or cannot be read) or the camera is stopped.
/// </remarks>
internal sealed class Camera
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly CameraOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<CameraFrame> _frames;
    private readonly DateTimeOffset _startedAt;
    private readonly bool _isEveryFrameWanted;
    private long _taken;
    private long _unused;
    private int _isUnplugged;

    public Camera(CameraOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _startedAt = time.GetUtcNow();
        _isEveryFrameWanted = options.AsFastAsUsed && !CameraSource.IsLive(options.Source);
        _frames = Channel.CreateBounded<CameraFrame>(
            new BoundedChannelOptions(1)
            {
                SingleReader = true,
                SingleWriter = true,
                FullMode = _isEveryFrameWanted ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
            },
            _ => Interlocked.Increment(ref _unused));
    }

    /// <summary>The frames.</summary>
    public ChannelReader<CameraFrame> Frames => _frames.Reader;

    /// <summary>Frames taken since the start.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Frames that were too old when somebody had time.</summary>
    public long Unused => Volatile.Read(ref _unused);

    /// <summary>How long to wait for a frame; without end for a recording that runs as fast as it is used, which is late for nothing.</summary>
    public TimeSpan Patience => _isEveryFrameWanted ? Timeout.InfiniteTimeSpan : _options.Patience;

    /// <summary>Whether no frames come. Any thread.</summary>
    public bool IsUnplugged => Volatile.Read(ref _isUnplugged) == 1;

    /// <summary>Takes frames until stopped, or until a recording has ended.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Exception? fault = null;
        try
        {
            var retry = FirstRetry;
            while (!stop.IsCancellationRequested)
            {
                var before = _taken;
                var reason = await TakeAsync(stop);
                var isRecording = !CameraSource.IsLive(_options.Source);
                if (!isRecording || (reason.Length > 0 && _taken == before))
                {
                    Unplug(reason.Length > 0 ? reason : "it ended");
                }

                if (isRecording)
                {
                    return;
                }

                retry = _taken > before ? FirstRetry : retry;
                await Task.Delay(retry, _time, stop);
                retry = TimeSpan.FromTicks(Math.Min(_options.MaxRetry.Ticks, retry.Ticks * 2));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped on purpose.
        }
        catch (Exception ex)
        {
            fault = ex;
            throw;
        }
        finally
        {
            _frames.Writer.TryComplete(fault);
        }
    }

    /// <summary>Takes frames from one run of ffmpeg.</summary>
    /// <returns>Why it ended; empty when all was well.</returns>
    private async Task<string> TakeAsync(CancellationToken stop)
    {
        Ffmpeg ffmpeg;
        try
        {
            ffmpeg = Ffmpeg.Start(CameraSource.Arguments(_options), withInput: false);
        }
        catch (CaptureException missing)
        {
            return missing.Message;
        }

        await using (ffmpeg)
        {
            using var pictures = new PpmStream(ffmpeg.Output);
            try
            {
                while (await pictures.ReadAsync(stop).WaitAsync(Patience, _time, stop) is { } picture)
                {
                    Plug();
                    var frame = new CameraFrame(picture, CapturedAt(), Volatile.Read(ref _taken) + 1);
                    Volatile.Write(ref _taken, frame.Number);
                    if (!_frames.Writer.TryWrite(frame))
                    {
                        await _frames.Writer.WriteAsync(frame, stop); // A recording waits for whoever uses it.
                    }
                }

                var (code, errors) = await ffmpeg.EndAsync(stop);
                return code == 0 ? "" : errors.Length > 0 ? errors : $"ffmpeg ended with {code}";
            }
            catch (TimeoutException)
            {
                return $"no frame within {Patience.TotalSeconds:0.#} s";
            }
            catch (CaptureException ex)
            {
                return ex.Message;
            }
        }
    }

    /// <summary>A recording that runs as fast as it is used keeps its own pace in the times of its frames.</summary>
    private DateTimeOffset CapturedAt() =>
        _isEveryFrameWanted ? _startedAt + TimeSpan.FromSeconds(_taken / _options.FramesASecond) : _time.GetUtcNow();

    private void Plug()
    {
        if (Interlocked.Exchange(ref _isUnplugged, 0) == 1)
        {
            CaptureLog.CameraBack(_logger, _options.CameraId);
        }
    }

    private void Unplug(string reason)
    {
        if (Interlocked.Exchange(ref _isUnplugged, 1) == 0)
        {
            CaptureLog.CameraGone(_logger, _options.CameraId, Credentials.Without(_options.Source), Credentials.Without(reason, _options.Source));
        }
    }
}
