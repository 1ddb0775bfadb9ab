using System.Globalization;
using CleanStreets.Contracts.Disk;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Doctor;

/// <summary>Looks at the box itself: receiver, clock, camera, model, disk.</summary>
internal static class BoxChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(60);
    private const double Mega = 1e6;

    /// <summary>Listens to the receiver for up to ten seconds: place and clock.</summary>
    public static async Task<(Diagnosis Clock, Diagnosis Position)> PlaceAsync(PositionSettings settings, TimeProvider time, CancellationToken stop)
    {
        Fix? heard = null;
        TimeSpan? ahead = null;
        var name = settings.Source;
        string? unreadable = null;
        try
        {
            var source = PositionSources.Of(settings, time, NullLoggerFactory.Instance);
            name = source.Name;
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            enough.CancelAfter(Patience);
            await source.RunAsync(
                fix =>
                {
                    heard = heard is { HasPosition: true } ? heard : fix;
                    ahead = fix.GnssTime is { } gnss && !source.IsRecording ? time.GetUtcNow() - gnss : ahead;
                    return fix is { HasPosition: true, GnssTime: not null } ? new ValueTask(enough.CancelAsync()) : ValueTask.CompletedTask;
                },
                enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
        }
        catch (PositionException ex)
        {
            unreadable = ex.Message;
        }

        var place = heard switch
        {
            { HasPosition: true } fix => Diagnosis.Ok("position", string.Create(CultureInfo.InvariantCulture, $"{name}: {fix.Latitude:0.00000}, {fix.Longitude:0.00000}{(double.IsFinite(fix.AccuracyMetres) ? $", within {fix.AccuracyMetres:0} m" : "")}")),
            not null => Diagnosis.Fail("position", $"{name} has no fix", "give the antenna a free view of the sky and wait some minutes"),
            null => Diagnosis.Fail("position", unreadable ?? $"{name} says nothing", "check that the receiver is plugged in, position.path or position.host, the baud rate, and that gpsd runs"),
        };
        return (Clock(time, ahead), place);
    }

    /// <summary>Whether the camera gives a picture.</summary>
    /// <param name="file">The camera's file; null: there is none.</param>
    /// <param name="isAgentRunning">Whether the agent runs: it has a device of this box for itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static async Task<Diagnosis> CameraAsync(string? file, bool isAgentRunning, TimeProvider time, CancellationToken stop)
    {
        if (file is null)
        {
            return Diagnosis.Unused("camera", "no camera is set: positions and sensors only");
        }

        CameraFile settings;
        try
        {
            settings = CameraFile.Read(file);
        }
        catch (VisionException ex)
        {
            return Diagnosis.Fail("camera", ex.Message, "mend the camera's file");
        }

        if (isAgentRunning && CameraSource.IsDevice(settings.Source))
        {
            return Diagnosis.Unused("camera", $"the agent runs and has {settings.Source}: its status and its log say how the camera does. Stop it to check here");
        }

        var source = Credentials.Without(settings.Source);
        var camera = new Camera(settings.ToCameraOptions(), time, NullLogger.Instance);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = camera.RunAsync(enough.Token);
        try
        {
            var hasFrame = await camera.Frames.WaitToReadAsync(CancellationToken.None).AsTask().WaitAsync(Patience, time, stop);
            return hasFrame && camera.Frames.TryRead(out var frame)
                ? Diagnosis.Ok("camera", $"{source} gives pictures of {frame.Picture.Width} × {frame.Picture.Height}")
                : Diagnosis.Fail("camera", $"{source} gives no pictures", "check its source, the plug, and that ffmpeg is installed");
        }
        catch (TimeoutException)
        {
            return Diagnosis.Fail("camera", $"{source} gives no picture within {Patience.TotalSeconds:0} s", "check its source, the plug, and that ffmpeg is installed");
        }
        finally
        {
            await enough.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether the model can be used.</summary>
    public static Diagnosis Model(string? file)
    {
        if (file is null)
        {
            return Diagnosis.Unused("model", "no camera is set");
        }

        try
        {
            var settings = CameraFile.Read(file);
            using var model = DetectionModel.Open(settings.Model, LabelFile.Read(settings.Labels), VisionSettingsFile.Read(settings.Settings), settings.Threads);
            return Diagnosis.Ok("model", $"{model.Version}, {model.Width} × {model.Height}{(model.Card is null ? ", without a card: recall and false positives are not known" : "")}");
        }
        catch (VisionException ex)
        {
            return Diagnosis.Fail("model", ex.Message, "check the camera's file, its model and labels, and that ONNX Runtime is installed (deploy/onnxruntime/install)");
        }
    }

    /// <summary>Whether the model on trial can be used and is another than the camera's own; null when the camera's file names none, or cannot be read, which the camera's line says.</summary>
    public static Diagnosis? Trial(string? file)
    {
        try
        {
            if (file is null || CameraFile.Read(file) is not { Trial: { } trial } settings)
            {
                return null;
            }

            return TrialOf(settings, trial);
        }
        catch (VisionException)
        {
            return null;
        }
    }

    private static Diagnosis TrialOf(CameraFile settings, TrialModelFile trial)
    {
        try
        {
            using var model = DetectionModel.Open(
                trial.Model, LabelFile.Read(trial.Labels ?? settings.Labels), VisionSettingsFile.Read(trial.Settings ?? settings.Settings), settings.Threads);
            return VersionInUse(settings) == model.Version
                ? Diagnosis.Fail("trial", $"{trial.Model} is version {model.Version}, which is in use: there is nothing to compare", "name another model under trial in the camera's file, or take trial out")
                : Diagnosis.Ok("trial", $"{model.Version}, {model.Width} × {model.Height}, beside the model in use");
        }
        catch (VisionException ex)
        {
            return Diagnosis.Fail("trial", ex.Message, "check trial in the camera's file, its model, labels and settings; the camera's own model goes on without it");
        }
    }

    private static string? VersionInUse(CameraFile settings)
    {
        try
        {
            using var model = DetectionModel.Open(settings.Model, LabelFile.Read(settings.Labels), VisionSettingsFile.Read(settings.Settings), settings.Threads);
            return model.Version;
        }
        catch (VisionException)
        {
            return null; // Its own line says so.
        }
    }

    /// <summary>Whether the data folder can be written, and holds the spool's cap.</summary>
    public static Diagnosis Disk(EdgeSettings settings)
    {
        try
        {
            Directory.CreateDirectory(settings.Data);
            var probe = Path.Combine(settings.Data, "doctor.probe");
            using (var file = File.OpenHandle(probe, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose))
            {
                RandomAccess.Write(file, "probe"u8, 0);
                FileFlush.Flush(file);
            }

            var spool = new DirectoryInfo(Path.Combine(settings.Data, "spool"));
            var held = spool.Exists ? spool.EnumerateFiles().Sum(file => file.Length) : 0;
            var free = BoxHealth.DiskFreeBytes(settings.Data) ?? 0;
            var said = string.Create(CultureInfo.InvariantCulture, $"{settings.Data} can be written, {free / Mega:0} MB free, spool holds {held / Mega:0.0} of {settings.Spool.CapBytes / Mega:0} MB");
            return free + held >= settings.Spool.CapBytes ? Diagnosis.Ok("disk", said) : Diagnosis.Fail("disk", said, "free space, or lower spool.capBytes");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return Diagnosis.Fail("disk", $"{settings.Data} cannot be written ({ex.Message})", "make the folder writable for this user, or check the disk");
        }
    }

    private static Diagnosis Clock(TimeProvider time, TimeSpan? ahead)
    {
        var now = time.GetUtcNow();
        var said = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss} UTC");
        if (ahead is { } difference && difference.Duration() > ClockTolerance)
        {
            return Diagnosis.Fail("clock", string.Create(CultureInfo.InvariantCulture, $"{said}, {difference.TotalSeconds:0} s ahead of the satellites"), "let chrony take the time from gpsd or the network; readings use the satellites' time meanwhile, but TLS does not");
        }

        return TruckClock.IsPossible(now)
            ? Diagnosis.Ok("clock", said + (ahead is null ? ", not compared with satellites" : ", as the satellites say"))
            : Diagnosis.Fail("clock", said + " cannot be", "let chrony take the time from gpsd or the network");
    }
}
