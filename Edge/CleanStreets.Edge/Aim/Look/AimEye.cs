using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Aim.Look;

/// <summary>Looks through the camera for the page: about two frames a second, each masked before anybody sees it.</summary>
/// <remarks>
/// One loop. Whatever may be a person or a vehicle is masked, also what the agent would call too faint and then keep no picture of: here nobody needs what lies under a mask, and a picture that
/// is withheld helps nobody to aim. Without a model nothing is shown. A recording begins again when it has ended.
/// </remarks>
internal sealed class AimEye(CameraFile file, TimeProvider time, ILogger logger)
{
    private const double FramesASecond = 2;
    private const int MaxPictureBytes = 400 * 1024;

    // Mean step between neighbouring pixels against the spread of brightness: photos of streets have 0.15 and more, the same ones through grease less than 0.05.
    private const double SoftBelow = 0.075;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly CameraWatch _watch = new(file.Mounting.CalibrationId, null, _ => { });
    private AimPicture? _latest;
    private AimPicture? _lastMasked;
    private Camera? _camera;
    private bool _hasEnded;
    private string? _modelFault;
    private string _modelVersion = "";
    private long _number;
    private long? _before;

    /// <summary>The newest frame; null before the first. Any thread.</summary>
    public AimPicture? Latest => Volatile.Read(ref _latest);

    /// <summary>Whether the camera gives no frames. Not told by the age of the newest: masking one takes a slow box seconds. Any thread.</summary>
    public bool IsUnplugged => Volatile.Read(ref _hasEnded) || Volatile.Read(ref _camera)?.IsUnplugged == true;

    /// <summary>The newest frame that could be masked; null before the first. Any thread.</summary>
    public AimPicture? LastMasked => Volatile.Read(ref _lastMasked);

    /// <summary>Why there is no model to mask with; null when there is one, or it is still being opened. Any thread.</summary>
    public string? ModelFault => Volatile.Read(ref _modelFault);

    /// <summary>Version of the model; empty without one. Any thread.</summary>
    public string ModelVersion => Volatile.Read(ref _modelVersion);

    /// <summary>Looks until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var options = file.ToCameraOptions() with { FramesASecond = FramesASecond, AsFastAsUsed = false };
        var (model, masker) = await Task.Run(OpenModel, stop);
        using (model)
        {
            while (!stop.IsCancellationRequested)
            {
                var camera = new Camera(options, time, logger);
                Volatile.Write(ref _camera, camera);
                var running = camera.RunAsync(stop);
                while (await camera.Frames.WaitToReadAsync(CancellationToken.None))
                {
                    while (camera.Frames.TryRead(out var frame) && !stop.IsCancellationRequested)
                    {
                        await TakeAsync(frame.Picture, masker, stop);
                    }
                }

                await running;
                Volatile.Write(ref _hasEnded, camera.IsUnplugged); // A recording that cannot be read any more; one that has only ended begins again.
                await Task.Delay(Again, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes a frame.</summary>
    internal async Task TakeAsync(Picture picture, PictureMasker? masker, CancellationToken stop)
    {
        var now = time.GetTimestamp();
        var cells = new float[Thumbnail.Cells];
        var sharpness = Thumbnail.Fill(picture, cells) / Math.Max(8, Brightness.Of(picture).Spread);
        var faults = _watch.Take(picture, _before is { } before ? time.GetElapsedTime(before, now) : TimeSpan.Zero, double.NaN);
        _before = now;
        var (jpeg, withheld, masks) = await MaskAsync(picture, masker, stop);
        if (!stop.IsCancellationRequested)
        {
            var taken = new AimPicture(++_number, now, picture.Width, picture.Height, jpeg, withheld, masks, faults, sharpness < SoftBelow, cells);
            Volatile.Write(ref _lastMasked, jpeg is null ? _lastMasked : taken);
            Volatile.Write(ref _latest, taken);
            Volatile.Write(ref _hasEnded, false);
        }
    }

    private static async Task<(MaskedJpeg? Jpeg, string? Withheld, int Masks)> MaskAsync(Picture picture, PictureMasker? masker, CancellationToken stop)
    {
        if (masker is null)
        {
            return (null, "people in it could not be masked", 0);
        }

        var masked = masker.Mask(picture);
        if (masked.Picture is null)
        {
            return (null, masked.Refusal.Text().Replace("not kept: ", "", StringComparison.Ordinal), masked.Masks.Count);
        }

        try
        {
            return await MaskedJpeg.EncodeAsync(masked.Picture, MaxPictureBytes, stop) is { } jpeg ? (jpeg, null, masked.Masks.Count) : (null, "it is too large to be sent", masked.Masks.Count);
        }
        catch (CaptureException ex)
        {
            return (null, ex.Message, masked.Masks.Count);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (null, "stopped", 0);
        }
    }

    private (DetectionModel? Model, PictureMasker? Masker) OpenModel()
    {
        try
        {
            var settings = VisionSettingsFile.Read(file.Settings);
            var model = DetectionModel.Open(file.Model, LabelFile.Read(file.Labels), settings, file.Threads);
            Volatile.Write(ref _modelVersion, model.Version);
            return (model, new PictureMasker(model, settings.Mask with { Confidence = settings.Mask.UnsureConfidence }));
        }
        catch (VisionException ex)
        {
            Volatile.Write(ref _modelFault, ex.Message);
            return (null, null);
        }
    }
}
