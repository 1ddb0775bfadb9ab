using System.Runtime.InteropServices;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Ground;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Edge.Vision.Tracking;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

/// <summary>Turns the frames of one camera into what readings say: things with their side, place and number, and how much street was seen.</summary>
/// <remarks>Used by one thread at a time. The frame itself is forgotten; what is kept of it went through the masks.</remarks>
internal sealed class StreetView(
    CameraMounting mounting, DetectionModel model, VisionSettings settings, StreetViewOptions options, CameraWatch watch, EvidenceKeeper? evidence, ILogger logger)
{
    // After a longer pause nothing is known about the way between.
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(10);

    private const int RememberedEvidence = 256;
    private const int EvidenceTries = 2;

    private readonly ObjectTracker _tracker = new();
    private readonly LightMeter _light = new();
    private readonly List<Finding> _findings = [];
    private readonly SortedDictionary<int, (string? Id, int Tries)> _evidence = [];
    private Footprint? _footprint;
    private (int Width, int Height) _size;
    private DateTimeOffset? _before;
    private double _headingBefore = double.NaN;
    private bool _isFailing;
    private bool _hasTried;

    /// <summary>Looks at a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="vehicle">Where the truck was then, and how it drove.</param>
    /// <param name="cancellationToken">Ends the encoding of evidence.</param>
    /// <param name="known">What is wrong with the camera, when somebody has watched this frame already.</param>
    public async Task<StreetLook> LookAsync(CameraFrame frame, VehicleState vehicle, CancellationToken cancellationToken, CameraFaults? known = null)
    {
        var motion = MotionSince(frame.CapturedAt, vehicle);
        var faults = known ?? watch.Take(frame.Picture, motion.Elapsed, vehicle.SpeedMetresPerSecond);
        double? sun = vehicle.HasPosition ? SunElevation.Degrees(frame.CapturedAt, vehicle.Latitude, vehicle.Longitude) : null;
        var light = _light.Take(Brightness.Of(frame.Picture).Median, sun, vehicle.IsWet);
        if (faults.IsBlind() || !TryFind(frame.Picture))
        {
            _tracker.Track(motion, [], []);
            evidence?.Note(motion.Metres, []);
            return StreetLook.Blind(light, faults);
        }

        var footprint = FootprintOf(frame.Picture);
        var hiding = _findings.Where(finding => MaskPolicy.IsProtected(finding) && finding.Confidence >= settings.Confidence).Select(finding => finding.Box).ToList();
        var visible = footprint.Visible(hiding, faults.HasFlag(CameraFaults.Dirty) ? watch.IsDirty : null);
        evidence?.Note(motion.Metres, _findings);
        // Without a position there is no reading, and so nothing that could name a picture.
        var pictures = new List<EvidencePicture>();
        var detections = await DetectAsync(frame, footprint, hiding, motion, vehicle.HasPosition ? pictures : null, cancellationToken);
        return new StreetLook(detections, visible.Share, visible.LeftSquareMetres, visible.RightSquareMetres, light, faults) { Evidence = pictures };
    }

    private Motion MotionSince(DateTimeOffset at, VehicleState vehicle)
    {
        var elapsed = _before is { } before && at > before && at - before <= LongestStep ? at - before : TimeSpan.Zero;
        var turn = vehicle.HeadingDegrees - _headingBefore;
        (_before, _headingBefore) = (at, vehicle.HeadingDegrees);
        return new Motion(elapsed, vehicle.SpeedMetresPerSecond, double.IsFinite(turn) ? Math.IEEERemainder(turn, 360) : 0);
    }

    private bool TryFind(Picture picture)
    {
        try
        {
            model.Find(picture, _findings);
            if (_isFailing)
            {
                VisionLog.ModelLooksAgain(logger);
            }

            _isFailing = false;
            return true;
        }
        catch (VisionException ex)
        {
            if (!_isFailing)
            {
                VisionLog.ModelFails(logger, ex.Message);
            }

            _isFailing = true;
            return false;
        }
    }

    private Footprint FootprintOf(Picture picture)
    {
        if (_footprint is null || _size != (picture.Width, picture.Height))
        {
            _size = (picture.Width, picture.Height);
            _footprint = new Footprint(mounting, picture.Width, picture.Height);
        }

        return _footprint;
    }

    private async Task<List<Detection>> DetectAsync(
        CameraFrame frame, Footprint footprint, List<Box> hiding, Motion motion, List<EvidencePicture>? pictures, CancellationToken cancellationToken)
    {
        var shelters = _findings.Where(finding => finding.Role == LabelRole.Shelter).ToList();
        var items = new List<(Finding Finding, GroundPoint Foot)>();
        foreach (var finding in _findings.Where(finding => finding.Role == LabelRole.Item))
        {
            if (items.Count < ReadingLimits.MaxDetectionsPerReading
                && footprint.FootOf(finding.Box) is { } foot && !StandsIn(finding.Box, hiding) && !IsNearShelter(finding, foot, shelters, footprint))
            {
                items.Add((finding, foot));
            }
        }

        _hasTried = false;
        var numbers = new int[items.Count];
        _tracker.Track(motion, CollectionsMarshal.AsSpan(items.ConvertAll(item => new Sighting(item.Finding.Kind!, item.Finding.Box, item.Foot))), numbers);
        var detections = new List<Detection>(items.Count);
        for (var i = 0; i < numbers.Length; i++)
        {
            var (finding, foot) = items[i];
            detections.Add(new Detection(
                finding.Kind!,
                1,
                (float)Math.Round(finding.Confidence, 2),
                foot.RightMetres < 0 ? Side.Left : Side.Right,
                (float)Math.Round(foot.AheadMetres, 1),
                numbers[i],
                await EvidenceOfAsync(frame, finding, numbers[i], pictures, cancellationToken)));
        }

        return detections;
    }

    /// <summary>A thing whose foot lies inside a car's box is on the car, or the car itself.</summary>
    private static bool StandsIn(Box item, List<Box> hiding) =>
        hiding.Exists(box => item.CentreX >= box.Left && item.CentreX <= box.Right && item.Bottom >= box.Top && item.Bottom < box.Bottom);

    private bool IsNearShelter(Finding item, GroundPoint foot, List<Finding> shelters, Footprint footprint) =>
        shelters.Exists(shelter =>
            shelter.Box.Intersect(item.Box).Area > 0
            || (footprint.FootOf(shelter.Box) is { } tent
                && Math.Sqrt(Math.Pow(tent.AheadMetres - foot.AheadMetres, 2) + Math.Pow(tent.RightMetres - foot.RightMetres, 2)) < options.ShelterMetres));

    /// <summary>One picture a thing, in two tries; one try a frame, for each costs several looks of the model.</summary>
    private async Task<string?> EvidenceOfAsync(CameraFrame frame, Finding finding, int number, List<EvidencePicture>? pictures, CancellationToken cancellationToken)
    {
        var (id, tries) = _evidence.GetValueOrDefault(number);
        if (evidence is null || pictures is null || id is not null || tries == EvidenceTries || _hasTried || !options.EvidenceKinds.Contains(finding.Kind!))
        {
            return id;
        }

        _hasTried = true;
        if ((await evidence.TakeAsync(frame.Picture, frame.CapturedAt, finding, cancellationToken)).Picture is { } taken)
        {
            id = taken.Id;
            pictures.Add(taken);
        }

        _evidence[number] = (id, tries + 1);
        while (_evidence.Count > RememberedEvidence)
        {
            _evidence.Remove(_evidence.First().Key);
        }

        return id;
    }
}
