using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Decides what of a picture is masked, and whether it may be kept at all.</summary>
internal static class MaskPolicy
{
    // A candidate that masks cover to this share shows nothing of anybody.
    private const float CoveredShare = 0.9f;

    /// <summary>Decides.</summary>
    /// <param name="brightness">Median brightness of the part that shall be kept, 0–255.</param>
    /// <param name="findings">All that was found, unsure ones included.</param>
    /// <param name="kept">The part of the picture that shall be kept: what is unsure elsewhere does not matter.</param>
    /// <param name="labels">The model's labels.</param>
    /// <param name="settings">How people and vehicles are masked.</param>
    public static MaskPlan Decide(double brightness, IReadOnlyList<Finding> findings, Box kept, LabelMap labels, MaskSettings settings)
    {
        var masks = Masks(findings, settings);
        var refusal = !labels.Knows(LabelRole.Person) ? MaskRefusal.KnowsNoPeople
            : !labels.Knows(LabelRole.Vehicle) ? MaskRefusal.KnowsNoVehicles
            : brightness < settings.DarkBelow ? MaskRefusal.TooDark
            : findings.Any(finding => IsUnsure(finding, settings) && finding.Box.Intersect(kept).Area > 0 && IsOpen(finding.Box.Intersect(kept), masks)) ? MaskRefusal.Unsure
            : MaskRefusal.None;
        return new MaskPlan(masks, refusal);
    }

    /// <summary>Decides about a part that is masked already and was looked at again: what masks are to be added, or why it may not be kept.</summary>
    /// <param name="seen">People and vehicles that the model still sees; those below the masks, whose edges may look like anything, count for nothing.</param>
    /// <param name="masks">What is masked.</param>
    /// <param name="settings">How people and vehicles are masked.</param>
    public static MaskPlan Again(IReadOnlyList<Finding> seen, IReadOnlyList<Box> masks, MaskSettings settings)
    {
        var open = seen.Where(finding => IsOpen(finding.Box, masks)).ToList();
        var more = Masks(open, settings);
        var all = masks.Concat(more).ToList();
        return new MaskPlan(more, open.Any(finding => IsUnsure(finding, settings) && IsOpen(finding.Box, all)) ? MaskRefusal.Unsure : MaskRefusal.None);
    }

    /// <summary>Whether nobody may see it: a person or a vehicle.</summary>
    public static bool IsProtected(Finding finding) => finding.Role is LabelRole.Person or LabelRole.Vehicle;

    /// <summary>Share of a box that the masks cover together, 0–1.</summary>
    public static double CoverageOf(Box box, IReadOnlyList<Box> masks)
    {
        var (left, top, right, bottom) = Pixels(box);
        if (right <= left || bottom <= top)
        {
            return 1;
        }

        long covered = 0;
        for (var y = top; y < bottom; y++)
        {
            // The masks of this row in order: what a later one covers beyond the earlier ones counts.
            var reached = left;
            foreach (var (from, to) in masks.Where(mask => mask.Top <= y && mask.Bottom >= y + 1).Select(mask => ((int)Math.Ceiling(mask.Left), (int)mask.Right)).Order())
            {
                covered += Math.Max(0, Math.Min(to, right) - Math.Max(from, reached));
                reached = Math.Max(reached, Math.Min(to, right));
            }
        }

        return covered / ((double)(right - left) * (bottom - top));
    }

    private static List<Box> Masks(IEnumerable<Finding> findings, MaskSettings settings) =>
        [.. findings.Where(finding => IsProtected(finding) && finding.Confidence >= settings.Confidence).Select(finding => finding.Box.Widen(settings.WidenShare, settings.WidenPixels))];

    private static bool IsUnsure(Finding finding, MaskSettings settings) => IsProtected(finding) && finding.Confidence < settings.Confidence;

    private static bool IsOpen(Box box, IReadOnlyList<Box> masks) => CoverageOf(box, masks) < CoveredShare;

    /// <summary>The pixels that a box touches.</summary>
    public static (int Left, int Top, int Right, int Bottom) Pixels(Box box) =>
        ((int)Math.Floor(box.Left), (int)Math.Floor(box.Top), (int)Math.Ceiling(box.Right), (int)Math.Ceiling(box.Bottom));
}

/// <summary>What is masked, and whether the picture may be kept then.</summary>
/// <param name="Masks">Boxes to be filled, pixels.</param>
/// <param name="Refusal">Why it may not be kept; <see cref="MaskRefusal.None"/> when it may.</param>
internal sealed record MaskPlan(IReadOnlyList<Box> Masks, MaskRefusal Refusal);
