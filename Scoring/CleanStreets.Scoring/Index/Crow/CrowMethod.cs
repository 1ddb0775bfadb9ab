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
    private readonly CategoryOptions _fastest;

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
        _fastest = options.Categories.MinBy(c => c.HalfLifeHours)!;
        var longest = options.Categories.Max(c => c.HalfLifeHours) * options.ForgetAfterHalfLives;
        HorizonMs = (long)((Math.Max(longest, options.DumpingDays * 24) + 1) * PassEvidence.MillisPerHour);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public long HorizonMs { get; }

    /// <inheritdoc/>
    public SegmentScore Score(SegmentEvidence evidence, string networkVersion, long asOfMs) =>
        Publish(evidence, networkVersion, asOfMs, Judge(evidence, null, asOfMs));

    /// <inheritdoc/>
    public ScoreExplanation Explain(SegmentEvidence evidence, string networkVersion, long asOfMs, IReadOnlyList<PassSummary> passes)
    {
        var judgement = Judge(evidence, null, asOfMs);
        var score = Publish(evidence, networkVersion, asOfMs, judgement);
        var cutoff = evidence.Resets.CutoffMs(Side.Unknown, asOfMs);
        return new ScoreExplanation(score, CrowWords.Sentences(score, judgement, cutoff), CrowWords.Rows(judgement), passes);
    }

    /// <inheritdoc/>
    public PassGrade GradePass(Observation observation)
    {
        var pass = new PassEvidence(observation, default);
        double? worst = null;
        foreach (var category in _options.Categories)
        {
            long pieces = 0, exposure = 0;
            foreach (var side in (ReadOnlySpan<Side>)[Side.Unknown, Side.Left, Side.Right])
            {
                pieces += pass.Pieces(category, side);
                exposure += pass.Exposure(category, side);
            }

            if (exposure / 1000.0 < _options.MinimumSquareMetresPerMetre * observation.LengthDrivenMetres || exposure <= 0)
            {
                return default;
            }

            worst = Math.Max(worst ?? 0, new GradeScale(category.Cuts).IndexOf(100.0 * pieces / exposure));
        }

        return new PassGrade(GradeScale.GradeOfIndex(worst!.Value), Math.Round(worst.Value, IndexDigits));
    }

    private SegmentScore Publish(SegmentEvidence evidence, string networkVersion, long asOfMs, Judgement judgement)
    {
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
            Sides = Sides(evidence, asOfMs),
            Views = posterior is null ? null : new Dictionary<string, MethodView> { [LasanSegmentRule.ViewName] = new(LasanGrade(judgement)) },
            PendingConfirmations = evidence.Piles.Pending(evidence.Resets, asOfMs, asOfMs - SegmentEvidence.DaysToMs(_options.DumpingDays)).Count,
        };
    }

    private Judgement Judge(SegmentEvidence evidence, Side? scope, long asOfMs)
    {
        var categories = new CategoryPosterior[_options.Categories.Count];
        var minimum = _options.MinimumSquareMetresPerMetre * evidence.LengthMetres / (scope is null ? 1 : 2);
        var enough = true;
        for (var i = 0; i < categories.Length; i++)
        {
            var category = _options.Categories[i];
            var faded = FadedEvidence.Collect(evidence, category, scope, asOfMs, _options);
            categories[i] = new CategoryPosterior(category, faded, _options.Overdispersion);
            enough &= faded.SquareMetres > 0 && faded.SquareMetres >= minimum;
        }

        var coverage = Coverage(evidence, scope, asOfMs);
        var dumping = evidence.Piles.HasDumping(scope, evidence.Resets, asOfMs, asOfMs - SegmentEvidence.DaysToMs(_options.DumpingDays));
        var posterior = enough && coverage >= _options.MinimumCoverage
            ? new OverallPosterior(categories, dumping ? _options.DumpingIndex : 0)
            : null;
        var decides = posterior?.Worst ?? categories[Array.FindIndex(categories, c => c.Category == _fastest)];
        return new Judgement(posterior, categories, decides.Evidence.Passes, coverage, dumping);
    }

    private double Coverage(SegmentEvidence evidence, Side? scope, long asOfMs)
    {
        var since = asOfMs - (long)(CoverageHalfLives * _fastest.HalfLifeHours * PassEvidence.MillisPerHour);
        since = Math.Max(since, evidence.Resets.CutoffMs(scope ?? Side.Unknown, asOfMs));
        var stretches = new List<(int From, int To)>();
        foreach (var pass in evidence.Passes)
        {
            var seen = scope is { } side ? pass.Seen[side] : pass.Seen.Total;
            if (pass.EnteredAtMs >= since && pass.EnteredAtMs <= asOfMs && seen > 0)
            {
                stretches.Add((pass.FromCentimetre, pass.ToCentimetre));
            }
        }

        return Math.Clamp(CoveredLength.Centimetres(stretches) / (evidence.LengthMetres * 100), 0, 1);
    }

    private SideScores? Sides(SegmentEvidence evidence, long asOfMs)
    {
        var left = SideOf(evidence, Side.Left, asOfMs);
        var right = SideOf(evidence, Side.Right, asOfMs);
        return left is null && right is null ? null : new SideScores(left, right);
    }

    private SideScore? SideOf(SegmentEvidence evidence, Side side, long asOfMs)
    {
        if (!evidence.Passes.Any(p => p.Seen[side] > 0 && p.EnteredAtMs <= asOfMs && p.EnteredAtMs >= asOfMs - HorizonMs))
        {
            return null;
        }

        var judgement = Judge(evidence, side, asOfMs);
        var p = judgement.Posterior;
        return new SideScore(
            p is null ? ScoreState.NotSeen : ScoreState.Seen, p?.Grade, Rounded(p?.Index), Rounded(p?.Low), Rounded(p?.High), judgement.SampleSize);
    }

    private int LasanGrade(Judgement judgement)
    {
        int Of(string category) =>
            judgement.Categories.FirstOrDefault(c => c.Category.Name == category) is { } found ? LasanSegmentRule.CategoryGrade(found.Mean, _options.Lasan) : 1;

        var lasan = _options.Lasan;
        return LasanSegmentRule.Grade(judgement.Dumping ? 3 : 1, Of(lasan.Bulky), Of(lasan.LooseLitter), Of(lasan.Weeds));
    }

    private static DateTimeOffset? Newest(SegmentEvidence evidence, long asOfMs)
    {
        long? newest = evidence.NewestCapturedAtMs <= asOfMs ? evidence.NewestCapturedAtMs : null;
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
internal sealed record Judgement(
    OverallPosterior? Posterior, IReadOnlyList<CategoryPosterior> Categories, int SampleSize, double Coverage, bool Dumping);
