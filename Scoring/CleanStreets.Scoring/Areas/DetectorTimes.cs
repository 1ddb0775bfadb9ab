using CleanStreets.Contracts;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Areas;

/// <summary>Which detector versions looked at which street when: a trend across a change of detector compares two measures.</summary>
public sealed class DetectorTimes
{
    private readonly Dictionary<SegmentId, List<(long AtMs, string Version)>> _passes = [];

    /// <summary>Adds a pass; one without a version says nothing.</summary>
    public void Add(Observation pass)
    {
        if (pass.ModelVersion is { Length: > 0 } version)
        {
            if (!_passes.TryGetValue(pass.SegmentId, out var known))
            {
                _passes.Add(pass.SegmentId, known = []);
            }

            known.Add((pass.EnteredAtMs, version));
        }
    }

    /// <summary>Adds the passes held of a street.</summary>
    public void Add(SegmentEvidence evidence)
    {
        var passes = new List<(long, string)>();
        foreach (var pass in evidence.Passes)
        {
            if (pass.ModelVersion is { Length: > 0 } version)
            {
                passes.Add((pass.EnteredAtMs, version));
            }
        }

        _passes[evidence.SegmentId] = passes;
    }

    /// <summary>Versions that looked at an area between two moments, in the order in which they began; more than one is a break.</summary>
    /// <param name="streets">The area's streets.</param>
    /// <param name="from">Beginning: for a trend, that of the period before.</param>
    /// <param name="to">End, itself outside.</param>
    public IReadOnlyList<string> Of(IReadOnlyList<AreaStreet> streets, DateTimeOffset from, DateTimeOffset to)
    {
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        return [.. streets.SelectMany(street => _passes.GetValueOrDefault(street.Segment.Id) ?? [])
            .Where(pass => pass.AtMs >= fromMs && pass.AtMs < toMs)
            .GroupBy(pass => pass.Version, StringComparer.Ordinal)
            .OrderBy(version => version.Min(pass => pass.AtMs)).ThenBy(version => version.Key, StringComparer.Ordinal)
            .Select(version => version.Key)];
    }
}
