using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Masks people and vehicles of a picture that shall be kept, more carefully than the detector looks at every frame.</summary>
/// <remarks>
/// The model looks at the whole and at four overlapping quarters, which shows it people half as large; then everything it may have seen
/// is filled; then it looks at the part to be kept, fills what it still sees and looks again, until it sees nobody or patience ends.
/// Used by one thread at a time.
/// </remarks>
internal sealed class PictureMasker(DetectionModel model, MaskSettings settings)
{
    // Quarters overlap by this share of the picture, so that a person on the line between two is whole in one.
    private const float QuarterShare = 0.6f;

    private const int Looks = 4;

    /// <summary>Masks a picture as a whole.</summary>
    /// <returns>What was found and masked; the picture is null when it may not be kept.</returns>
    public MaskedResult Mask(Picture picture) => Mask(picture, new Box(0, 0, picture.Width, picture.Height));

    /// <summary>Masks a picture of which a part shall be kept.</summary>
    /// <returns>What was found and masked; the picture is null when it may not be kept.</returns>
    public MaskedResult Mask(Picture picture, Box kept)
    {
        var findings = new List<Finding>();
        try
        {
            Look(picture, findings);
            var (left, top, right, bottom) = MaskPolicy.Pixels(kept.Within(picture.Width, picture.Height));
            var brightness = Brightness.Of(picture.Crop(left, top, right - left, bottom - top)).Median;
            var plan = MaskPolicy.Decide(brightness, findings, kept, model.Labels, settings);
            if (plan.Refusal != MaskRefusal.None)
            {
                return new MaskedResult(null, plan.Masks, plan.Refusal, findings);
            }

            var masks = plan.Masks.ToList();
            for (var look = 0; look < Looks; look++)
            {
                var masked = MaskedPicture.Fill(picture, masks);
                var again = MaskPolicy.Again(StillSeen(masked.Crop(kept).Pixels, left, top), masks, settings);
                if (again.Refusal != MaskRefusal.None || again.Masks.Count == 0)
                {
                    return new MaskedResult(again.Refusal == MaskRefusal.None ? masked : null, masks, again.Refusal, findings);
                }

                masks.AddRange(again.Masks);
            }

            return new MaskedResult(null, masks, MaskRefusal.StillSeen, findings);
        }
        catch (VisionException)
        {
            return new MaskedResult(null, [], MaskRefusal.ModelFailed, findings);
        }
    }

    private void Look(Picture picture, List<Finding> into)
    {
        var found = new List<Finding>();
        model.Find(picture, found);
        into.AddRange(found);
        var (width, height) = ((int)(picture.Width * QuarterShare), (int)(picture.Height * QuarterShare));
        foreach (var (left, top) in (ReadOnlySpan<(int, int)>)[(0, 0), (picture.Width - width, 0), (0, picture.Height - height), (picture.Width - width, picture.Height - height)])
        {
            model.Find(picture.Crop(left, top, width, height), found);
            into.AddRange(found.Where(MaskPolicy.IsProtected).Select(finding => finding with { Box = finding.Box.Move(left, top) }));
        }
    }

    /// <summary>Whom the model still sees in a masked part of a picture, in the pixels of the whole.</summary>
    private List<Finding> StillSeen(Picture part, int left, int top)
    {
        var found = new List<Finding>();
        model.Find(part, found);
        return [.. found.Where(MaskPolicy.IsProtected).Select(finding => finding with { Box = finding.Box.Move(left, top) })];
    }
}

/// <summary>What became of a picture that should be masked.</summary>
/// <param name="Picture">The masked picture; null when none may be kept.</param>
/// <param name="Masks">What was masked.</param>
/// <param name="Refusal">Why none may be kept.</param>
/// <param name="Findings">All that was seen on the way.</param>
internal sealed record MaskedResult(MaskedPicture? Picture, IReadOnlyList<Box> Masks, MaskRefusal Refusal, IReadOnlyList<Finding> Findings);
