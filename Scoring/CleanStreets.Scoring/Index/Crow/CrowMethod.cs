using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>The map's letters: CROW's levels on a Gamma posterior of pieces per 100 m², the worst category deciding.</summary>
/// <remarks>The arithmetic, its sources and what of it is ours stand in this folder's README.</remarks>
public sealed class CrowMethod : IScoreMethod
{
    private const double CoverageHalfLives = 2;
    private const int IndexDigits = 3;
    private const int ShareDigits = 4;

    private readonly CrowOptions _options;
    private readonly EvidenceCollector _collect;
    private readonly CategoryTally _tally;
    private readonly GradeScale[] _scales;
    private readonly int _fastest;
    private readonly int[] _lasanCategories;
    private readonly IReadOnlyDictionary<string, MethodView>[] _lasanViews;

    // Used for one score after another; whoever computes takes it, and finds none when somebody else has it.
    private CategoryPosterior[][]? _room;

    /// <summary>Makes the method.</summary>
    /// <exception cref="ArgumentException">The options are at fault; the message says how.</exception>
    public CrowMethod(CrowOptions options)
    {
        var faults = options.Faults();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _collect = Collector(options);
        _tally = new CategoryTally(options.Categories);
        _scales = [.. options.Categories.Select(c => new GradeScale(c.Cuts))];
        _fastest = options.Categories.Index().MinBy(c => c.Item.HalfLifeHours).Index;
        _lasanCategories = [.. new[] { options.Lasan.Bulky, options.Lasan.LooseLitter, options.Lasan.Weeds }.Select(PlaceOf)];
        _lasanViews = [.. Enumerable.Range(0, LasanSegmentRule.WorstGrade + 1).Select(grade =>
            new Dictionary<string, MethodView> { [LasanSegmentRule.ViewName] = new(grade) })];
        var longest = options.Categories.Max(c => c.HalfLifeHours) * options.ForgetAfterHalfLives;
        HorizonMs = (long)((Math.Max(longest, (options.DumpingDays + PileQueue.ConfirmationHoldsDays) * 24) + 1) * PassEvidence.MillisPerHour);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>The letter of an index.</summary>
    public static Grade GradeOf(double index) => GradeScale.GradeOfIndex(index);

    /// <summary>How these settings sum evidence up.</summary>
    internal static EvidenceCollector Collector(CrowOptions options) =>
        options.IsScattered || options.Views.RepeatWithin > TimeSpan.Zero ? new ViewFader(options).Collect : new EvidenceFader(options).Collect;

    /// <inheritdoc/>
    public long HorizonMs { get; }

    /// <inheritdoc/>
    public SegmentScore Score(SegmentEvidence evidence, string networkVersion, long asOfMs)
    {
        var room = Interlocked.Exchange(ref _room, null) ?? NewRoom();
        var score = Publish(evidence, networkVersion, asOfMs, room, out _);
        Volatile.Write(ref _room, room);
        return score;
    }

    /// <inheritdoc/>
    public ScoreExplanation Explain(SegmentEvidence evidence, string networkVersion, long asOfMs, IReadOnlyList<PassSummary> passes)
    {
        var score = Publish(evidence, networkVersion, asOfMs, NewRoom(), out var judgement);
        var cutoff = evidence.Resets.CutoffMs(Side.Unknown, asOfMs);

        // Of the present there is nothing to be known later: what came late is in it.
        var isPast = asOfMs < evidence.NewestCapturedAtMs;
        var later = isPast ? Later(evidence, networkVersion, asOfMs) : null;
        List<string> sentences = [.. CrowWords.Sentences(score, judgement, cutoff, later), .. ViewWords.Sentences(evidence, _options, asOfMs, HorizonMs)];
        if (asOfMs < evidence.NewestCapturedAtMs - HorizonMs)
        {
            sentences.Add($"This moment lies further back than evidence is kept ({HorizonMs / (24 * PassEvidence.MillisPerHour)} days): passes of then may be missing.");
        }

        return new ScoreExplanation(
            score,
            sentences,
            CrowWords.Rows(judgement),
            [.. RepeatMarks.Mark(passes, _options.Views).Select(pass => pass with
            {
                OrderId = evidence.OrderOf(pass.TruckId, pass.EnteredAt.ToUnixTimeMilliseconds(), _options.Views) ?? pass.OrderId,
            })],
            Arithmetic(evidence, judgement, asOfMs, isPast),
            later,
            Detectors(evidence, asOfMs));
    }

    private static List<DetectorSince> Detectors(SegmentEvidence evidence, long asOfMs)
    {
        var (versions, seen) = (new List<DetectorSince>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var pass in evidence.Passes)
        {
            if (pass.EnteredAtMs <= asOfMs && pass.ModelVersion is { } version && seen.Add(version))
            {
                versions.Add(new DetectorSince(version, DateTimeOffset.FromUnixTimeMilliseconds(pass.EnteredAtMs)));
            }
        }

        return versions;
    }

    private ScoreArithmetic Arithmetic(SegmentEvidence evidence, Judgement judgement, long asOfMs, bool isPast)
    {
        var (hours, counted) = new EvidenceLedger(_options).Of(evidence, asOfMs);
        return new ScoreArithmetic(
            _options.Overdispersion,
            [.. judgement.Categories.Select(c => new CategoryArithmetic(
                c.Category.Name, c.Evidence.Pieces, c.Evidence.SquareMetres, c.Category.PriorPieces, c.Category.PriorMean, c.Category.Cuts, c.Mean, c.Index,
                double.IsNaN(c.Evidence.Information) ? null : c.Evidence.Information))],
            judgement.Dumping ? _options.DumpingIndex : null,
            judgement.Posterior?.Index,
            hours,
            isPast ? counted : [.. counted.Select(pass => pass with { ArrivedLater = false })]);
    }

    private LaterKnowledge? Later(SegmentEvidence evidence, string networkVersion, long asOfMs)
    {
        var passes = evidence.Passes.ToArray().Where(pass => pass.EnteredAtMs <= asOfMs && pass.EnteredAtMs >= asOfMs - HorizonMs && !pass.WasKnownAt(asOfMs)).ToList();
        var cleanings = evidence.Resets.ToldAfter(asOfMs).ToList();
        if (passes.Count == 0 && cleanings.Count == 0)
        {
            return null;
        }

        var last = passes.Select(pass => pass.ArrivedAtMs).Concat(cleanings.Select(cleaning => cleaning.ArrivedAtMs)).Max()!.Value;
        var known = evidence.KnownAt(asOfMs);
        var score = Publish(known, networkVersion, asOfMs, NewRoom(), out _);
        return new LaterKnowledge(passes.Count, cleanings.Count, DateTimeOffset.FromUnixTimeMilliseconds(last), score.State, score.Grade, score.Index);
    }

    /// <inheritdoc/>
    public PassGrade GradePass(Observation observation)
    {
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        ReadOnlySpan<KindCount> counts = observation.Counts as KindCount[] ?? [.. observation.Counts];
        _tally.Count(observation.SeenMilliSquareMetres, observation.Recall, counts, pieces, exposure);
        var worst = 0.0;
        for (var c = 0; c < _scales.Length; c++)
        {
            var first = c * CategoryTally.Sides;
            var seen = exposure[first] + exposure[first + 1] + exposure[first + 2];
            if (seen <= 0 || seen / 1000.0 < _options.MinimumSquareMetresPerMetre * observation.LengthDrivenMetres)
            {
                return default;
            }

            worst = Math.Max(worst, _scales[c].IndexOf(100.0 * (pieces[first] + pieces[first + 1] + pieces[first + 2]) / seen));
        }

        return new PassGrade(GradeScale.GradeOfIndex(worst), Math.Round(worst, IndexDigits));
    }

    /// <summary>Posteriors of the whole street and of its sides, by category; what is told of one score lies in them until the next.</summary>
    private CategoryPosterior[][] NewRoom() =>
        [.. Enumerable.Range(0, CategoryTally.Sides).Select(_ => _options.Categories.Select((category, i) => new CategoryPosterior(category, _scales[i], _options.Overdispersion)).ToArray())];

    private SegmentScore Publish(SegmentEvidence evidence, string networkVersion, long asOfMs, CategoryPosterior[][] room, out Judgement judgement)
    {
        var (hasLeft, hasRight) = (WasSeen(evidence, Side.Left, asOfMs), WasSeen(evidence, Side.Right, asOfMs));
        var faded = _collect(evidence, asOfMs, withSides: hasLeft || hasRight);
        judgement = Judge(evidence, faded, room, null, asOfMs);
        var posterior = judgement.Posterior;
        return new SegmentScore
        {
            SegmentId = evidence.SegmentId,
            NetworkVersion = networkVersion,
            Method = Name,
            AsOf = DateTimeOffset.FromUnixTimeMilliseconds(asOfMs),
            State = posterior is null ? ScoreState.NotSeen : ScoreState.Seen,
            Grade = posterior?.Grade,
            Index = Rounded(posterior?.Index),
            Low = Rounded(posterior?.Low),
            High = Rounded(posterior?.High),
            Probabilities = posterior?.Probabilities(),
            Coverage = Math.Round(judgement.Coverage, ShareDigits),
            NewestObservationAt = Newest(evidence, asOfMs),
            SampleSize = judgement.SampleSize,
            Sides = hasLeft || hasRight
                ? new SideScores(
                    hasLeft ? SideOf(evidence, faded, room, Side.Left, asOfMs) : null,
                    hasRight ? SideOf(evidence, faded, room, Side.Right, asOfMs) : null)
                : null,
            Views = posterior is null ? null : _lasanViews[LasanGrade(judgement)],
            PendingConfirmations = evidence.Piles.Pending(evidence.Resets, asOfMs, asOfMs - SegmentEvidence.DaysToMs(_options.DumpingDays)).Count,
        };
    }

    private Judgement Judge(SegmentEvidence evidence, FadedEvidence[] faded, CategoryPosterior[][] room, Side? scope, long asOfMs)
    {
        var categories = room[(int)(scope ?? Side.Unknown)];
        var minimum = _options.MinimumSquareMetresPerMetre * evidence.LengthMetres / (scope is null ? 1 : 2);
        var enough = true;
        for (var i = 0; i < categories.Length; i++)
        {
            ref readonly var own = ref faded[((int)(scope ?? Side.Unknown) * categories.Length) + i];
            categories[i].Believe(own);
            enough &= own.SquareMetres > 0 && own.SquareMetres >= minimum;
        }

        var coverage = Coverage(evidence, scope, asOfMs);
        var dumping = evidence.Piles.HasDumping(scope, evidence.Resets, asOfMs, asOfMs - SegmentEvidence.DaysToMs(_options.DumpingDays));
        var posterior = enough && coverage >= _options.MinimumCoverage
            ? new OverallPosterior(categories, dumping ? _options.DumpingIndex : 0)
            : null;
        var decides = posterior?.Worst ?? categories[_fastest];
        return new Judgement(posterior, categories, decides.Evidence.Passes, coverage, dumping);
    }

    private double Coverage(SegmentEvidence evidence, Side? scope, long asOfMs)
    {
        var since = asOfMs - (long)(CoverageHalfLives * _options.Categories[_fastest].HalfLifeHours * PassEvidence.MillisPerHour);
        since = Math.Max(since, evidence.Resets.CutoffMs(scope ?? Side.Unknown, asOfMs));
        var whole = PassEvidence.Centimetres(evidence.LengthMetres);
        List<(int From, int To)>? stretches = null;
        var covered = 0L;
        var passes = evidence.Passes;
        for (var i = passes.Length - 1; i >= 0 && passes[i].EnteredAtMs >= since && covered < whole; i--)
        {
            var pass = passes[i];
            var seen = scope is { } side ? pass.Seen[side] : pass.Seen.Total;
            if (pass.EnteredAtMs > asOfMs || seen <= 0)
            {
                continue;
            }

            if (pass.FromCentimetre <= 0 && pass.ToCentimetre >= whole)
            {
                covered = whole; // From end to end, as most: no other pass can add to that.
            }
            else
            {
                (stretches ??= []).Add((pass.FromCentimetre, pass.ToCentimetre));
            }
        }

        covered = covered < whole && stretches is not null ? CoveredLength.Centimetres(stretches) : covered;
        return Math.Clamp(covered / (evidence.LengthMetres * 100), 0, 1);
    }

    private SideScore SideOf(SegmentEvidence evidence, FadedEvidence[] faded, CategoryPosterior[][] room, Side side, long asOfMs)
    {
        var judgement = Judge(evidence, faded, room, side, asOfMs);
        var p = judgement.Posterior;
        return new SideScore(
            p is null ? ScoreState.NotSeen : ScoreState.Seen, p?.Grade, Rounded(p?.Index), Rounded(p?.Low), Rounded(p?.High), judgement.SampleSize);
    }

    private bool WasSeen(SegmentEvidence evidence, Side side, long asOfMs)
    {
        if (evidence.NewestSeenMs(side) is var newest && newest <= asOfMs)
        {
            return newest >= asOfMs - HorizonMs;
        }

        var passes = evidence.Passes;
        for (var i = passes.Length - 1; i >= 0 && passes[i].EnteredAtMs >= asOfMs - HorizonMs; i--)
        {
            if (passes[i].Seen[side] > 0 && passes[i].EnteredAtMs <= asOfMs)
            {
                return true;
            }
        }

        return false;
    }

    private int PlaceOf(string category) => _options.Categories.Index().Where(c => c.Item.Name == category).Select(c => c.Index).FirstOrDefault(-1);

    private int LasanGrade(Judgement judgement)
    {
        int Of(int category) => category < 0 ? 1 : LasanSegmentRule.CategoryGrade(judgement.Categories[category].Mean, _options.Lasan);

        return LasanSegmentRule.Grade(
            judgement.Dumping ? LasanSegmentRule.WorstGrade : 1, Of(_lasanCategories[0]), Of(_lasanCategories[1]), Of(_lasanCategories[2]));
    }

    private static DateTimeOffset? Newest(SegmentEvidence evidence, long asOfMs)
    {
        if (evidence.NewestCapturedAtMs is { } known && known <= asOfMs)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(known);
        }

        long? newest = null;
        foreach (var pass in evidence.Passes)
        {
            newest = pass.EnteredAtMs <= asOfMs ? Math.Max(newest ?? long.MinValue, Math.Min(pass.LeftAtMs, asOfMs)) : newest;
        }

        return newest is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    private static double? Rounded(double? index) => index is { } value ? Math.Round(value, IndexDigits) : null;
}

/// <summary>A verdict on a segment or on one of its sides.</summary>
/// <param name="Posterior">What is believed; null when not seen.</param>
/// <param name="Categories">Every category, in the order of the options.</param>
/// <param name="SampleSize">Passes that still carry weight in the category that decides; when not seen, in the one that fades fastest.</param>
/// <param name="Coverage">Share of the length in recent passes.</param>
/// <param name="Dumping">Whether a confirmed dumping lies there.</param>
internal readonly record struct Judgement(
    OverallPosterior? Posterior, CategoryPosterior[] Categories, int SampleSize, double Coverage, bool Dumping);
