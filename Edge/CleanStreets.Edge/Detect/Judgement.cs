using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Detect;

/// <summary>Compares what the model found and masked with hand-drawn boxes.</summary>
internal sealed class Judgement(VisionSettings settings)
{
    // Hand-drawn boxes are off by some pixels, widened masks forgive that; below this share something of a person shows.
    private const double WhollyCovered = 0.9;

    // Loose, for piles have no exact edge.
    private const float SameThing = 0.3f;

    private readonly SortedDictionary<(string Kind, string Light), (int Labelled, int Found, int False)> _kinds = [];
    private readonly Dictionary<string, int> _pictures = [];
    private (int Labelled, int Missed) _all;
    private (int Labelled, int Missed) _kept;

    /// <summary>Takes one picture.</summary>
    public void Take(IReadOnlyList<LabelledBox> truth, IReadOnlyList<Finding> found, MaskedResult masked, string light)
    {
        _pictures[light] = _pictures.GetValueOrDefault(light) + 1;
        foreach (var box in truth.Where(box => settings.People.Contains(box.Label) || settings.Vehicles.Contains(box.Label)))
        {
            var missed = MaskPolicy.CoverageOf(box.Box, masked.Masks) < WhollyCovered ? 1 : 0;
            _all = (_all.Labelled + 1, _all.Missed + missed);
            _kept = masked.Picture is null ? _kept : (_kept.Labelled + 1, _kept.Missed + missed);
        }

        TakeKinds(truth, found, light);
    }

    public MaskReport Mask() =>
        new(_all.Labelled, _all.Missed, Rate(_all), _kept.Labelled, _kept.Missed, Rate(_kept));

    public IReadOnlyList<KindReport> Kinds() =>
        [.. _kinds.Select(kind => new KindReport(kind.Key.Kind, kind.Key.Light, kind.Value.Labelled, kind.Value.Found, kind.Value.False, _pictures[kind.Key.Light]))];

    private void TakeKinds(IReadOnlyList<LabelledBox> truth, IReadOnlyList<Finding> found, string light)
    {
        var open = truth.Where(box => settings.Kinds.ContainsKey(box.Label)).Select(box => (Kind: settings.Kinds[box.Label], box.Box)).ToList();
        foreach (var (kind, _) in open)
        {
            Count((kind, light), labelled: 1);
        }

        foreach (var finding in found.Where(finding => finding.Role == LabelRole.Item))
        {
            var match = open.FindIndex(box => box.Kind == finding.Kind && box.Box.Overlap(finding.Box) >= SameThing);
            if (match >= 0)
            {
                open.RemoveAt(match);
                Count((finding.Kind!, light), found: 1);
            }
            else
            {
                Count((finding.Kind!, light), falsely: 1);
            }
        }
    }

    private void Count((string Kind, string Light) kind, int labelled = 0, int found = 0, int falsely = 0)
    {
        var (l, f, w) = _kinds.GetValueOrDefault(kind);
        _kinds[kind] = (l + labelled, f + found, w + falsely);
    }

    private static double? Rate((int Labelled, int Missed) counts) => counts.Labelled == 0 ? null : (double)counts.Missed / counts.Labelled;
}
