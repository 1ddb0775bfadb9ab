using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Index;

/// <summary>Weighted sums of everything seen on one street, by truck, so that it can be asked what one truck makes of the whole.</summary>
internal sealed class SegmentSums
{
    private readonly CrowOptions _options;
    private readonly GradeScale[] _scales;
    private readonly Scatter _scatter;

    // By category, summed over the trucks once: an area asks for hundreds of conditions.
    private readonly double[] _scale;
    private readonly double[] _exposure;
    private readonly double[] _squares;

    /// <param name="options">Categories and priors.</param>
    /// <param name="scales">The categories' scales.</param>
    /// <param name="evidence">The street.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="trucks">Sums by truck, in the order of their ids.</param>
    /// <param name="coverage">Share of the length seen.</param>
    /// <param name="timeShare">Period: share of the time that passes stand for; now: 1.</param>
    /// <param name="dumping">Whether a confirmed dumping lies there.</param>
    public SegmentSums(
        CrowOptions options, GradeScale[] scales, SegmentEvidence evidence, Question question, IReadOnlyList<TruckSums> trucks,
        double coverage, double timeShare, bool dumping)
    {
        (_options, _scales, Evidence, Question, Trucks) = (options, scales, evidence, question, trucks);
        (Coverage, TimeShare, Dumping) = (coverage, timeShare, dumping);
        _scatter = new Scatter(options);
        (_scale, _exposure, _squares) = (new double[scales.Length], new double[scales.Length], new double[scales.Length]);
        for (var c = 0; c < scales.Length; c++)
        {
            var (seen, squaredWeights) = (0.0, 0.0);
            foreach (var truck in trucks)
            {
                seen += truck.SquareMetres[c];
                squaredWeights += truck.SquaredWeights[c];
                _squares[c] += truck.SquaredExposures[c];
            }

            // Kish's rule for a period: weights say for how long a pass stands, not how much it saw, so the sums are brought to the exposure
            // that an unweighted sample of the same precision would have had: (Σ w·e) ÷ (Σ w²·e).
            _scale[c] = question == Question.Now ? 1 : squaredWeights > 0 ? seen / squaredWeights : 0;
            _exposure[c] = seen * _scale[c];
        }

        Passes = trucks.Sum(truck => truck.Passes);
    }

    public SegmentEvidence Evidence { get; }

    public Question Question { get; }

    public IReadOnlyList<TruckSums> Trucks { get; }

    public double Coverage { get; }

    public double TimeShare { get; }

    public bool Dumping { get; }

    public int Passes { get; }

    /// <summary>Whether own evidence is enough to say anything: the map's own rule.</summary>
    public bool IsSeen => Coverage >= _options.MinimumCoverage
        && Array.TrueForAll(_exposure, seen => seen > 0 && seen >= _options.MinimumSquareMetresPerMetre * Evidence.LengthMetres);

    /// <summary>The truck whose weight is more than half of this street's; null when there is none.</summary>
    public TruckId? SingleSource
    {
        get
        {
            var whole = Trucks.Sum(truck => truck.SquareMetres[0]);
            foreach (var truck in Trucks)
            {
                if (truck.SquareMetres[0] > whole / 2)
                {
                    return truck.Truck;
                }
            }

            return null;
        }
    }

    /// <summary>What is believed; optionally as if one truck had counted <paramref name="factor"/> times as many pieces.</summary>
    public SegmentCondition Condition(TruckId? truck = null, double factor = 1)
    {
        var categories = new CategoryCondition[_scales.Length];
        for (var c = 0; c < categories.Length; c++)
        {
            var pieces = 0.0;
            foreach (var sums in Trucks)
            {
                pieces += sums.Pieces[c] * (sums.Truck == truck ? factor : 1);
            }

            var (sum, exposure) = (pieces * _scale[c], _exposure[c]);
            categories[c] = new CategoryCondition(new CategoryPosterior(
                _options.Categories[c], _scales[c], new FadedEvidence(sum, exposure, Passes, Worth(c, sum, exposure)), _options.Overdispersion));
        }

        return new SegmentCondition(Question, Evidence.SegmentId, Evidence.LengthMetres, categories, Dumping, _options.DumpingIndex);
    }

    /// <summary>
    /// What the counts are worth, trucks' cameras left aside: whoever asks about an area adds those by himself, because they err on all their
    /// streets alike. Not a number for a method without scatter of its own.
    /// </summary>
    private double Worth(int category, double pieces, double squareMetres)
    {
        if (!_options.IsScattered)
        {
            return double.NaN;
        }

        // Σ w²·e² of that unweighted sample.
        var squares = _squares[category] * _scale[category] * _scale[category];
        var rate = CategoryPosterior.MeanOf(_options.Categories[category], pieces, squareMetres, _options.Overdispersion);
        return _scatter.WorthOfPasses(rate, pieces, squareMetres / 100, squares / 10_000);
    }
}
