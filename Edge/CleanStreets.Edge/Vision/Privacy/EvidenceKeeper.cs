using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Decides of which things an evidence picture is kept, and keeps it: a masked part of the frame around one street item.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class EvidenceKeeper(DetectionModel model, PictureMasker masker, EvidenceOptions options, EvidenceStore store)
{
    // So much of its surroundings belongs to a thing that people recognise where it lies.
    private const float AroundShare = 0.25f;
    private const double MostMasked = 0.4;

    private double _metresSinceShelter = double.PositiveInfinity;

    /// <summary>Takes note of a frame: how far the truck drove, and whether it shows a shelter, even a faint one.</summary>
    public void Note(double metres, IReadOnlyList<Finding> findings) =>
        _metresSinceShelter = findings.Any(finding => finding.Role == LabelRole.Shelter) ? 0 : _metresSinceShelter + metres;

    /// <summary>Keeps a picture of one thing, if it may.</summary>
    public async Task<Evidence> KeepAsync(Picture frame, Finding item, CancellationToken cancellationToken)
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

        var id = await store.KeepAsync(masked.Picture.Crop(around), cancellationToken);
        return new Evidence(id, id is null ? EvidenceRefusal.NotWritten : EvidenceRefusal.None, MaskRefusal.None);
    }

    private EvidenceRefusal Refuse(Finding item, Box around) =>
        item.Role != LabelRole.Item ? EvidenceRefusal.NoStreetItem
        : !model.Labels.Knows(LabelRole.Shelter) && !options.WithoutShelterLabels ? EvidenceRefusal.KnowsNoShelters
        : _metresSinceShelter < options.ShelterMetres ? EvidenceRefusal.NearShelter
        : Math.Max(around.Width, around.Height) > options.MaxSidePixels ? EvidenceRefusal.TooLarge
        : !store.HasRoomThisHour() ? EvidenceRefusal.EnoughThisHour
        : EvidenceRefusal.None;
}

/// <summary>What became of the wish for a picture.</summary>
/// <param name="Id">The picture's id; null when there is none.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="Mask">Why masking was refused, when that was it.</param>
internal readonly record struct Evidence(string? Id, EvidenceRefusal Refusal, MaskRefusal Mask);
