using System.Globalization;
using System.Security.Cryptography;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Decides of which things an evidence picture is taken, and takes it: a masked part of the frame around one street item. In memory: the spool writes it with the reading that names it.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class EvidenceKeeper(DetectionModel model, PictureMasker masker, EvidenceOptions options, TimeProvider time, ILogger logger)
{
    // So much of its surroundings belongs to a thing that people recognise where it lies.
    private const float AroundShare = 0.25f;
    private const double MostMasked = 0.4;
    private const int RandomBytes = 4;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Queue<long> _taken = new();
    private long? _lateAt;
    private double _metresSinceShelter = double.PositiveInfinity;

    /// <summary>Takes note of a frame: how far the truck drove, and whether it shows a shelter, even a faint one.</summary>
    public void Note(double metres, IReadOnlyList<Finding> findings) =>
        _metresSinceShelter = findings.Any(finding => finding.Role == LabelRole.Shelter) ? 0 : _metresSinceShelter + metres;

    /// <summary>Takes a picture of one thing, if it may.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="capturedAt">When it was taken.</param>
    /// <param name="item">The thing.</param>
    /// <param name="cancellationToken">Ends the encoding.</param>
    public async Task<Evidence> TakeAsync(Picture frame, DateTimeOffset capturedAt, Finding item, CancellationToken cancellationToken)
    {
        var around = item.Box.Widen(AroundShare, 16).Within(frame.Width, frame.Height);
        var refusal = Refuse(item, around);
        if (refusal != EvidenceRefusal.None)
        {
            return new Evidence(null, refusal, MaskRefusal.None);
        }

        var masked = masker.Mask(frame, around);
        if (masked.Picture is null)
        {
            return new Evidence(null, EvidenceRefusal.NotMasked, masked.Refusal);
        }

        if (MaskPolicy.CoverageOf(item.Box, masked.Masks) > MostMasked)
        {
            return new Evidence(null, EvidenceRefusal.MostlyMasked, MaskRefusal.None);
        }

        try
        {
            if (await MaskedJpeg.EncodeAsync(masked.Picture.Crop(around), options.MaxPictureBytes, options.EncodePatience, cancellationToken) is not { } jpeg)
            {
                return new Evidence(null, EvidenceRefusal.TooLarge, MaskRefusal.None);
            }

            _taken.Enqueue(time.GetTimestamp());
            var (left, top, _, _) = MaskPolicy.Pixels(around);
            var (itemLeft, itemTop, itemRight, itemBottom) = MaskPolicy.Pixels(item.Box.Intersect(around).Move(-left, -top));
            return new Evidence(
                new EvidencePicture
                {
                    Id = NewId(capturedAt),
                    CapturedAt = capturedAt,
                    Kind = item.Kind!,
                    Confidence = Math.Round(item.Confidence, 2),
                    Box = new EvidenceBox(itemLeft, itemTop, itemRight - itemLeft, itemBottom - itemTop),
                    Mask = EvidenceMask.Of(masked.Masks.Count(mask => mask.Intersect(around).Area > 0)),
                    Jpeg = jpeg,
                },
                EvidenceRefusal.None,
                MaskRefusal.None);
        }
        catch (CaptureException failed)
        {
            VisionLog.EvidenceNotEncoded(logger, failed.Message);
            _lateAt = failed.IsLate ? time.GetTimestamp() : null;
            return new Evidence(null, EvidenceRefusal.NotEncoded, MaskRefusal.None);
        }
    }

    private EvidenceRefusal Refuse(Finding item, Box around) =>
        item.Role != LabelRole.Item ? EvidenceRefusal.NoStreetItem
        : !model.Labels.Knows(LabelRole.Shelter) && !options.WithoutShelterLabels ? EvidenceRefusal.KnowsNoShelters
        : _metresSinceShelter < options.ShelterMetres ? EvidenceRefusal.NearShelter
        : Math.Max(around.Width, around.Height) > options.MaxSidePixels ? EvidenceRefusal.TooLarge
        : _lateAt is { } late && time.GetElapsedTime(late) < options.PauseWhenLate ? EvidenceRefusal.NotEncoded
        : !HasRoomThisHour() ? EvidenceRefusal.EnoughThisHour
        : EvidenceRefusal.None;

    private bool HasRoomThisHour()
    {
        while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > Hour)
        {
            _taken.Dequeue();
        }

        return _taken.Count < options.MaxAnHour;
    }

    // The time in front, so that names sort by age; chance behind, so that a clock that was set back gives no name twice.
    private static string NewId(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{EvidencePicture.IdPrefix}{at.ToUnixTimeMilliseconds():D15}-{RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true)}");
}

/// <summary>What became of the wish for a picture.</summary>
/// <param name="Picture">The picture; null when there is none.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="Mask">Why masking was refused, when that was it.</param>
internal readonly record struct Evidence(EvidencePicture? Picture, EvidenceRefusal Refusal, MaskRefusal Mask)
{
    /// <summary>The picture's id; null when there is none.</summary>
    public string? Id => Picture?.Id;
}
