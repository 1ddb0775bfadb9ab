using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

/// <summary>A second model that looks at the frames the camera's own has looked at, so that the two can be compared before anybody changes.</summary>
/// <remarks>
/// Its readings are no evidence and travel in a session of their own. It keeps no pictures, and what is wrong with the camera it takes from the first look: a frame must
/// not be watched twice. One loop; when it fails, its own readings see nothing and the camera's go on.
/// </remarks>
internal sealed class CameraTrial : IDisposable
{
    private readonly DetectionModel _model;
    private readonly StreetView _view;
    private readonly Func<Reading, StreetLook, ValueTask> _take;

    private CameraTrial(DetectionModel model, StreetView view, Func<Reading, StreetLook, ValueTask> take) => (_model, _view, _take) = (model, view, take);

    /// <summary>The version on trial.</summary>
    public string Version => _model.Version;

    /// <summary>Opens it.</summary>
    /// <param name="file">The camera, its <see cref="CameraFile.Trial"/> given.</param>
    /// <param name="inUse">Version of the camera's own model.</param>
    /// <param name="watch">What watches the camera.</param>
    /// <param name="take">Takes its readings.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="VisionException">Model, labels or settings cannot be used, or it is the model in use.</exception>
    public static CameraTrial Open(CameraFile file, string inUse, CameraWatch watch, Func<Reading, StreetLook, ValueTask> take, ILogger logger)
    {
        var trial = file.Trial!;
        var settings = VisionSettingsFile.Read(trial.Settings ?? file.Settings);
        var model = DetectionModel.Open(trial.Model, LabelFile.Read(trial.Labels ?? file.Labels), settings, file.Threads);
        if (model.Version == inUse)
        {
            model.Dispose();
            throw new VisionException($"{trial.Model} is version {inUse}, which is in use: there is nothing to compare.");
        }

        return new CameraTrial(model, new StreetView(file.Mounting, model, settings, new StreetViewOptions(), watch, evidence: null, logger), take);
    }

    /// <summary>Looks at a frame that the camera's own model has looked at.</summary>
    public async Task UseAsync(CameraFrame frame, VehicleState vehicle, CameraFaults faults, CancellationToken stop) =>
        await TellAsync(await _view.LookAsync(frame, vehicle, stop, faults), frame.CapturedAt, vehicle);

    /// <summary>Tells what it saw; without a position there is no reading.</summary>
    public ValueTask TellAsync(StreetLook look, DateTimeOffset at, VehicleState vehicle) =>
        vehicle.HasPosition ? _take(look.ToReading(at, vehicle), look) : ValueTask.CompletedTask;

    public void Dispose() => _model.Dispose();
}
