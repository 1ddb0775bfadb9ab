namespace CleanStreets.Scoring.Observations;

/// <summary>How many times as many things of a kind a newer detector finds as an older one, from passes of both over the same streets in the same hours.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Factor">Newer ÷ older; null when one of them found nothing on the shared streets.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Places">Pairs of street and hour that both saw.</param>
/// <param name="OlderCount">Things that the older one found there.</param>
/// <param name="NewerCount">Things that the newer one found there.</param>
public sealed record ModelBridge(string Kind, double? Factor, double Low, double High, int Places, long OlderCount, long NewerCount);

/// <summary>What one model version saw.</summary>
/// <param name="Version">The version.</param>
/// <param name="Passes">Its passes.</param>
/// <param name="FirstMs">When its first pass began, milliseconds since 1970 UTC.</param>
/// <param name="LastMs">When its last pass began.</param>
public sealed record ModelSpan(string Version, int Passes, long FirstMs, long LastMs);

/// <summary>Collects passes by model version and compares versions where they met.</summary>
/// <remarks>
/// The factor is Mantel and Haenszel's rate ratio over the shared places, Σ n₂e₁/(e₁+e₂) ÷ Σ n₁e₂/(e₁+e₂): a place that is dirtier counts
/// for both, so it does not matter where they met. Its error is Greenland and Robins', widened by the scatter between places (Pearson's χ² per degree of
/// freedom, at least 1), because litter is not Poisson. It says nothing of hours or streets where only one of them drove.
/// </remarks>
public sealed class ModelLedger
{
    private const long MillisPerHour = 3_600_000;
    private const double Deviations = 1.6448536269514722; // Of the bell curve, for 90 %.

    private readonly SortedDictionary<string, ModelSpan> _spans = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Segment, long Hour), SortedDictionary<string, Seen>> _places = [];

    /// <summary>Versions by when their first pass began.</summary>
    public IReadOnlyList<ModelSpan> Spans => [.. _spans.Values.OrderBy(span => span.FirstMs).ThenBy(span => span.Version, StringComparer.Ordinal)];

    /// <summary>Adds a pass. One without a version is left out: its truck sent none, or it lies between two readings.</summary>
    public void Add(Observation observation)
    {
        if (observation.ModelVersion is not { Length: > 0 } version)
        {
            return;
        }

        var at = observation.EnteredAtMs;
        _spans[version] = _spans.TryGetValue(version, out var span)
            ? span with { Passes = span.Passes + 1, FirstMs = Math.Min(span.FirstMs, at), LastMs = Math.Max(span.LastMs, at) }
            : new ModelSpan(version, 1, at, at);
        var key = (observation.SegmentIndex, (long)Math.Floor(at / (double)MillisPerHour));
        if (!_places.TryGetValue(key, out var place))
        {
            _places.Add(key, place = new SortedDictionary<string, Seen>(StringComparer.Ordinal));
        }

        if (!place.TryGetValue(version, out var seen))
        {
            place.Add(version, seen = new Seen());
        }

        seen.Add(observation);
    }

    /// <summary>Compares two versions kind by kind; empty when they never saw the same street in the same hour.</summary>
    public IReadOnlyList<ModelBridge> Between(string older, string newer)
    {
        var pairs = new List<(Seen Older, Seen Newer)>();
        foreach (var place in _places.OrderBy(place => place.Key).Select(place => place.Value))
        {
            if (place.TryGetValue(older, out var before) && place.TryGetValue(newer, out var after) && before.SquareMetres > 0 && after.SquareMetres > 0)
            {
                pairs.Add((before, after));
            }
        }

        var kinds = pairs.SelectMany(pair => pair.Older.Counts.Keys.Concat(pair.Newer.Counts.Keys)).Distinct().Order(StringComparer.Ordinal);
        return [.. kinds.Select(kind => Compare(kind, pairs))];
    }

    private static ModelBridge Compare(string kind, List<(Seen Older, Seen Newer)> pairs)
    {
        var (newer, older, variance) = (0.0, 0.0, 0.0);
        var (olderCount, newerCount) = (0L, 0L);
        foreach (var (before, after) in pairs)
        {
            var (n1, n2) = (before.Counts.GetValueOrDefault(kind), after.Counts.GetValueOrDefault(kind));
            var (e1, e2) = (before.SquareMetres, after.SquareMetres);
            newer += n2 * e1 / (e1 + e2);
            older += n1 * e2 / (e1 + e2);
            variance += (n1 + n2) * e1 * e2 / ((e1 + e2) * (e1 + e2));
            (olderCount, newerCount) = (olderCount + n1, newerCount + n2);
        }

        if (newer <= 0 || older <= 0)
        {
            return new ModelBridge(kind, null, 0, double.PositiveInfinity, pairs.Count, olderCount, newerCount);
        }

        var factor = newer / older;
        var half = Deviations * Math.Sqrt(Scatter(kind, factor, pairs) * variance / (newer * older));
        return new ModelBridge(kind, factor, factor * Math.Exp(-half), factor * Math.Exp(half), pairs.Count, olderCount, newerCount);
    }

    /// <summary>Given what both found at a place, the newer one's part is binomial if things are independent; how much wider it really is.</summary>
    private static double Scatter(string kind, double factor, List<(Seen Older, Seen Newer)> pairs)
    {
        var (sum, places) = (0.0, 0);
        foreach (var (before, after) in pairs)
        {
            long both = before.Counts.GetValueOrDefault(kind) + after.Counts.GetValueOrDefault(kind);
            if (both > 0)
            {
                var share = factor * after.SquareMetres / ((factor * after.SquareMetres) + before.SquareMetres);
                var off = after.Counts.GetValueOrDefault(kind) - (both * share);
                sum += off * off / (both * share * (1 - share));
                places++;
            }
        }

        return places > 1 ? Math.Max(1, sum / (places - 1)) : 1;
    }

    private sealed class Seen
    {
        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

        /// <summary>Street seen, before any recall: what both looked at, whatever they were said to find.</summary>
        public double SquareMetres { get; private set; }

        public void Add(Observation observation)
        {
            SquareMetres += observation.SeenMilliSquareMetres.Total / 1000.0;
            foreach (var count in observation.Counts)
            {
                Counts[count.Kind] = Counts.GetValueOrDefault(count.Kind) + count.Count;
            }
        }
    }
}
