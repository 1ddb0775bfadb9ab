namespace CleanStreets.Scoring.Observations;

/// <summary>How many times as many things of a kind a newer detector finds as an older one, from passes of both over the same streets in the same hours, or on the same frames.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Factor">Newer ÷ older; null when one of them found nothing on the shared streets.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Places">Pairs of street and hour that both saw; passes, when they looked at the same frames.</param>
/// <param name="OlderCount">Things that the older one found there.</param>
/// <param name="NewerCount">Things that the newer one found there.</param>
public sealed record ModelBridge(string Kind, double? Factor, double Low, double High, int Places, long OlderCount, long NewerCount);

/// <summary>Two model versions compared.</summary>
/// <param name="Older">The older one.</param>
/// <param name="Newer">The newer one.</param>
/// <param name="OnSameFrames">Whether one of them was on trial beside the other, so that both looked at the same frames; otherwise they met on the same streets in the same hours.</param>
/// <param name="Kinds">The factor by kind; empty when they never met.</param>
public sealed record ModelComparison(string Older, string Newer, bool OnSameFrames, IReadOnlyList<ModelBridge> Kinds);

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
/// On the same frames both see the same things, so they scatter less than two counts that know nothing of each other: from thirty passes
/// on the scatter may be below 1, with one thing more on which they disagree than they did.
/// </remarks>
public sealed class ModelLedger
{
    private const long MillisPerHour = 3_600_000;
    private const double Deviations = 1.6448536269514722; // Of the bell curve, for 90 %.

    // A χ² of thirty is known to a quarter; one of fewer may be small by luck.
    private const int PlacesToTrust = 30;

    private readonly SortedDictionary<string, ModelSpan> _spans = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ModelSpan> _trials = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Segment, long Hour), SortedDictionary<string, Seen>> _places = [];
    private readonly Dictionary<(string Older, string Newer), List<(Seen Older, Seen Newer)>> _frames = [];

    /// <summary>Versions whose passes are evidence, by when their first pass began.</summary>
    public IReadOnlyList<ModelSpan> Spans => InOrder(_spans);

    /// <summary>Versions that were on trial, by when their first pass began; one may have been in use before or since.</summary>
    public IReadOnlyList<ModelSpan> Trials => InOrder(_trials);

    /// <summary>Each change from one version to the next, and each version on trial with those beside which it looked: on the same frames where there are such.</summary>
    public IReadOnlyList<ModelComparison> Comparisons()
    {
        var spans = Spans;
        var pairs = Enumerable.Range(1, Math.Max(0, spans.Count - 1)).Select(at => (Older: spans[at - 1].Version, Newer: spans[at].Version)).ToList();
        pairs.AddRange(_frames.Keys.Order().Select(pair => InUseFirst(pair.Older, pair.Newer)).Where(pair => !pairs.Contains(pair)).Distinct().ToList());
        return [.. pairs.Select(pair => Compare(pair.Older, pair.Newer))];
    }

    /// <summary>Compares two versions by the frames that both looked at, or else by the hours in which both drove a street.</summary>
    public ModelComparison Compare(string older, string newer) => OnSameFrames(older, newer) is { Count: > 0 } frames
        ? new ModelComparison(older, newer, OnSameFrames: true, frames)
        : new ModelComparison(older, newer, OnSameFrames: false, Between(older, newer));

    /// <summary>Adds a pass. One without a version is left out: its truck sent none, or it lies between two readings.</summary>
    public void Add(Observation observation) => Add(
        observation.SegmentIndex, new ModelLook(observation.ModelVersion, observation.EnteredAtMs, observation.SeenMilliSquareMetres, observation.Counts));

    /// <summary>Adds a pass on trial: it is told among <see cref="Trials"/>, and compared when the pass beside it is known.</summary>
    /// <param name="trial">What the version on trial made of the frames.</param>
    /// <param name="inUse">What the version in use made of them; null when that is not known.</param>
    internal void AddTrial(in ModelLook trial, ModelLook? inUse)
    {
        if (trial.Version is not { Length: > 0 } version)
        {
            return;
        }

        Note(_trials, version, trial.AtMs);
        if (inUse is { Version: { Length: > 0 } own } look && own != version && look.Seen.Total > 0 && trial.Seen.Total > 0)
        {
            if (!_frames.TryGetValue((own, version), out var pairs))
            {
                _frames.Add((own, version), pairs = []);
            }

            pairs.Add((Seen.Of(look), Seen.Of(trial)));
        }
    }

    internal void Add(int segmentIndex, in ModelLook look)
    {
        if (look.Version is not { Length: > 0 } version)
        {
            return;
        }

        var at = look.AtMs;
        Note(_spans, version, at);
        var key = (segmentIndex, (long)Math.Floor(at / (double)MillisPerHour));
        if (!_places.TryGetValue(key, out var place))
        {
            _places.Add(key, place = new SortedDictionary<string, Seen>(StringComparer.Ordinal));
        }

        if (!place.TryGetValue(version, out var seen))
        {
            place.Add(version, seen = new Seen());
        }

        seen.Add(look);
    }

    private static void Note(SortedDictionary<string, ModelSpan> spans, string version, long at) =>
        spans[version] = spans.TryGetValue(version, out var span)
            ? span with { Passes = span.Passes + 1, FirstMs = Math.Min(span.FirstMs, at), LastMs = Math.Max(span.LastMs, at) }
            : new ModelSpan(version, 1, at, at);

    private static List<ModelSpan> InOrder(SortedDictionary<string, ModelSpan> spans) =>
        [.. spans.Values.OrderBy(span => span.FirstMs).ThenBy(span => span.Version, StringComparer.Ordinal)];

    /// <summary>Which of two is the older: the one that was in use first; one that never was is the newer.</summary>
    private (string Older, string Newer) InUseFirst(string a, string b) =>
        !_spans.TryGetValue(b, out var second) || (_spans.TryGetValue(a, out var first) && first.FirstMs <= second.FirstMs) ? (a, b) : (b, a);

    /// <summary>Compares two versions kind by kind by the passes on which both looked at the same frames, whichever of them was on trial; empty when there are none.</summary>
    public IReadOnlyList<ModelBridge> OnSameFrames(string older, string newer)
    {
        var pairs = new List<(Seen Older, Seen Newer)>(_frames.GetValueOrDefault((older, newer)) ?? []);
        pairs.AddRange((_frames.GetValueOrDefault((newer, older)) ?? []).Select(pair => (pair.Newer, pair.Older)));
        return ByKind(pairs, sameFrames: true);
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

        return ByKind(pairs, sameFrames: false);
    }

    private static List<ModelBridge> ByKind(List<(Seen Older, Seen Newer)> pairs, bool sameFrames) =>
        [.. pairs.SelectMany(pair => pair.Older.Counts.Keys.Concat(pair.Newer.Counts.Keys)).Distinct().Order(StringComparer.Ordinal).Select(kind => Compare(kind, pairs, sameFrames))];

    private static ModelBridge Compare(string kind, List<(Seen Older, Seen Newer)> pairs, bool sameFrames)
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
        var half = Deviations * Math.Sqrt(Scatter(kind, factor, pairs, sameFrames) * variance / (newer * older));
        return new ModelBridge(kind, factor, factor * Math.Exp(-half), factor * Math.Exp(half), pairs.Count, olderCount, newerCount);
    }

    /// <summary>Given what both found at a place, the newer one's part is binomial if things are independent; how much wider it really is.</summary>
    private static double Scatter(string kind, double factor, List<(Seen Older, Seen Newer)> pairs, bool sameFrames)
    {
        var (sum, places, oneMore) = (0.0, 0, 0.0);
        foreach (var (before, after) in pairs)
        {
            long both = before.Counts.GetValueOrDefault(kind) + after.Counts.GetValueOrDefault(kind);
            if (both > 0)
            {
                var share = factor * after.SquareMetres / ((factor * after.SquareMetres) + before.SquareMetres);
                var off = after.Counts.GetValueOrDefault(kind) - (both * share);
                sum += off * off / (both * share * (1 - share));
                oneMore += 1 / (both * share * (1 - share));
                places++;
            }
        }

        return sameFrames && places >= PlacesToTrust ? (sum + (oneMore / places)) / (places - 1)
            : places > 1 ? Math.Max(1, sum / (places - 1))
            : 1;
    }

    private sealed class Seen
    {
        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

        /// <summary>Street seen, before any recall: what both looked at, whatever they were said to find.</summary>
        public double SquareMetres { get; private set; }

        public static Seen Of(in ModelLook look)
        {
            var seen = new Seen();
            seen.Add(look);
            return seen;
        }

        public void Add(in ModelLook look)
        {
            SquareMetres += look.Seen.Total / 1000.0;
            foreach (var count in look.Counts)
            {
                Counts[count.Kind] = Counts.GetValueOrDefault(count.Kind) + count.Count;
            }
        }
    }
}

/// <summary>What a comparison of versions needs of a pass.</summary>
/// <param name="Version">The model version; null when not known.</param>
/// <param name="AtMs">When it began, milliseconds since 1970 UTC.</param>
/// <param name="Seen">Street seen, before any recall.</param>
/// <param name="Counts">What it found.</param>
internal readonly record struct ModelLook(string? Version, long AtMs, SideTotals Seen, IReadOnlyList<KindCount> Counts);
