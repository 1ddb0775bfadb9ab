using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

/// <summary>A box's camera from its settings file to readings: what <c>edge run</c> starts beside its other sensors.</summary>
/// <remarks>A box without a model runs without this lane: opening it fails with a sentence, and nothing else depends on it.</remarks>
internal sealed class CameraLane : IDisposable
{
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(30);

    private readonly CameraFile _file;
    private readonly DetectionModel _model;
    private readonly Camera _camera;
    private readonly StreetCamera _street;
    private readonly CameraTrial? _trial;
    private readonly TimeProvider _time;
    private readonly Queue<long> _used = new();
    private readonly CameraAcceptance? _acceptance;
    private CameraStatus _status;

    private CameraLane(
        CameraFile file, DetectionModel model, VisionSettings settings, string data,
        Func<DateTimeOffset, VehicleState> vehicle, Func<Reading, StreetLook, ValueTask> take, TimeProvider time, ILoggerFactory loggers,
        Func<Reading, StreetLook, ValueTask>? takeTrial)
    {
        (_file, _model, _time) = (file, model, time);
        var logger = loggers.CreateLogger<CameraLane>();
        var reference = Path.Combine(data, "camera-reference.json");
        var watch = new CameraWatch(
            file.Mounting.CalibrationId, CameraReference.Read(reference, file.Mounting.CalibrationId, logger), learned => learned.Write(reference));
        EvidenceKeeper? evidence = null;
        if (file.Evidence)
        {
            evidence = new EvidenceKeeper(model, new PictureMasker(model, settings.Mask), file.ToEvidenceOptions(), time, logger);
        }

        var camera = file.ToCameraOptions();
        _camera = new Camera(camera, time, logger);
        _acceptance = AcceptanceFile.Read(data, file.Mounting.CalibrationId);
        _status = new CameraStatus(file.CameraId, [], 0, 0, _acceptance);
        var view = new StreetView(file.Mounting, model, settings, new StreetViewOptions(), watch, evidence, logger);
        _trial = file.Trial is not null && takeTrial is not null ? OpenTrial(file, model.Version, watch, takeTrial, logger) : null;
        _street = new StreetCamera(_camera, camera, view, vehicle, take, time, logger, _trial) { Looked = look => Count(look.Coverage) };
    }

    /// <summary>What is true of all readings of this lane: the beginning of its session on the spool.</summary>
    public SessionAbout About => new(CameraId: _file.CameraId, ModelVersion: _model.Version, CalibrationId: _file.Mounting.CalibrationId);

    /// <summary>The same of the readings of a model on trial: the beginning of their own session; null when none is.</summary>
    public SessionAbout? TrialAbout => _trial is null ? null : About with { ModelVersion = _trial.Version, Trial = true };

    /// <summary>The model, for the status.</summary>
    public ModelStatus Model => _model.Card?.ToStatus() ?? new ModelStatus(_model.Version);

    /// <summary>How the camera does, for the status, whether readings are made or not. Any thread.</summary>
    public CameraStatus Status => Volatile.Read(ref _status) is var status && _street.IsStuck ? status with { FramesPerSecond = 0 } : status;

    /// <summary>How far its loop is. Any thread.</summary>
    public Progress Progress => _street.Progress;

    /// <summary>Whether its loop hangs, so that positions have to go on alone. Any thread.</summary>
    public bool IsStuck => _street.IsStuck;

    /// <summary>Opens the lane.</summary>
    /// <param name="file">The camera.</param>
    /// <param name="data">Folder for what it learns and keeps.</param>
    /// <param name="vehicle">Where the truck was at a moment, and how it drove.</param>
    /// <param name="take">Takes a reading with what was seen; it is called by one loop.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="takeTrial">Takes the readings of a model on trial; null: none is tried. One that cannot be used is said in the log, and the camera goes on without.</param>
    /// <exception cref="VisionException">Model, labels, settings or folder cannot be used.</exception>
    public static CameraLane Open(
        CameraFile file, string data, Func<DateTimeOffset, VehicleState> vehicle, Func<Reading, StreetLook, ValueTask> take, TimeProvider time, ILoggerFactory loggers,
        Func<Reading, StreetLook, ValueTask>? takeTrial = null)
    {
        var settings = VisionSettingsFile.Read(file.Settings);
        var model = DetectionModel.Open(file.Model, LabelFile.Read(file.Labels), settings, file.Threads);
        try
        {
            Directory.CreateDirectory(data);
            OldEvidence.Remove(Path.Combine(data, "evidence"), loggers.CreateLogger<CameraLane>());
            return new CameraLane(file, model, settings, data, vehicle, take, time, loggers, takeTrial);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            model.Dispose();
            throw new VisionException($"The folder {data} cannot be used: {ex.Message}", ex);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs until stopped, or until a recording has ended.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_camera.RunAsync(stop), _street.RunAsync(stop));

    public void Dispose()
    {
        _model.Dispose();
        _trial?.Dispose();
    }

    private static CameraTrial? OpenTrial(
        CameraFile file, string inUse, CameraWatch watch, Func<Reading, StreetLook, ValueTask> take, ILogger logger)
    {
        try
        {
            return CameraTrial.Open(file, inUse, watch, take, logger);
        }
        catch (VisionException unusable)
        {
            VisionLog.NoTrial(logger, unusable.Message);
            return null;
        }
    }

    private void Count(double coverage)
    {
        var now = _time.GetTimestamp();
        _used.Enqueue(now);
        while (_used.TryPeek(out var oldest) && _time.GetElapsedTime(oldest, now) > RateOver)
        {
            _used.Dequeue();
        }

        var faults = _street.Last?.Faults ?? CameraFaults.None;
        var rate = faults.HasFlag(CameraFaults.Unplugged) ? 0 : Math.Round(_used.Count / RateOver.TotalSeconds, 2);
        Volatile.Write(ref _status, new CameraStatus(_file.CameraId, faults.Words(), Math.Round(coverage, 3), rate, _acceptance));
    }
}
