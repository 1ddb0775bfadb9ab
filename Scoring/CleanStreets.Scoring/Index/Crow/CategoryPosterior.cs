namespace CleanStreets.Scoring.Index;

/// <summary>What is believed of one category's rate: a Gamma distribution over pieces per 100 m².</summary>
/// <remarks>
/// Shape = prior pieces + Σ pieces ÷ k and rate = prior area + Σ exposure ÷ k in units of 100 m², with k the over-dispersion: the conjugate
/// answer to Poisson counts, with evidence that counts k times less because streets scatter k times more. Where the evidence says what it is
/// worth (<see cref="FadedEvidence.Information"/>), the mean stays and the shape is prior pieces + that: as wide as streets and cameras scatter.
/// One instance may believe one street after another.
/// </remarks>
internal sealed class CategoryPosterior
{
    private const double SquareMetresPerUnit = 100;

    private readonly GradeScale _scale;
    private readonly double _overdispersion;
    private double _shape;
    private double _rate;
    private GammaBelief _belief;
    private bool _hasBelief;

    /// <summary>Posterior mean, pieces per 100 m², without reckoning with passes' and trucks' own scatter.</summary>
    public static double MeanOf(CategoryOptions category, double pieces, double squareMetres, double overdispersion) =>
        (category.PriorPieces + (pieces / overdispersion))
        / ((category.PriorPieces / category.PriorMean) + (squareMetres / SquareMetresPerUnit / overdispersion));

    public CategoryPosterior(CategoryOptions category, GradeScale scale, double overdispersion) =>
        (Category, _scale, _overdispersion) = (category, scale, overdispersion);

    public CategoryPosterior(CategoryOptions category, GradeScale scale, in FadedEvidence evidence, double overdispersion)
        : this(category, scale, overdispersion) => Believe(evidence);

    public CategoryOptions Category { get; }

    public FadedEvidence Evidence { get; private set; }

    /// <summary>Shape of the belief: in how many independent pieces as much is known.</summary>
    public double Shape => _shape;

    /// <summary>Posterior mean, pieces per 100 m².</summary>
    public double Mean => _shape / _rate;

    /// <summary>Index of the posterior mean.</summary>
    public double Index { get; private set; }

    /// <summary>Forgets what was believed and believes what this evidence says.</summary>
    public void Believe(in FadedEvidence evidence)
    {
        Evidence = evidence;
        _shape = Category.PriorPieces + (evidence.Pieces / _overdispersion);
        _rate = (Category.PriorPieces / Category.PriorMean) + (evidence.SquareMetres / SquareMetresPerUnit / _overdispersion);
        if (!double.IsNaN(evidence.Information))
        {
            var mean = _shape / _rate;
            _shape = Category.PriorPieces + evidence.Information;
            _rate = _shape / mean;
        }

        _hasBelief = false;
        Index = _scale.IndexOf(Mean);
    }

    /// <summary>Probability that this category's index is at most <paramref name="index"/>.</summary>
    public double Below(double index) => Below(index, out _);

    /// <summary>Probability that this category's index is at most <paramref name="index"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="density">The probability's slope there, per step of the index.</param>
    public double Below(double index, out double density)
    {
        var probability = Belief.Below(_rate * _scale.RateAt(index), out density);
        density = density > 0 ? density * _rate * _scale.SlopeAt(index) : 0; // In the tails the slope may be infinite.
        return probability;
    }

    // Whoever asks for the mean alone need not pay for its distribution.
    private GammaBelief Belief
    {
        get
        {
            if (!_hasBelief)
            {
                (_belief, _hasBelief) = (new GammaBelief(_shape), true);
            }

            return _belief;
        }
    }

    /// <summary>Probability of at most <paramref name="rate"/> pieces per 100 m².</summary>
    public double BelowRate(double rate) => Belief.Below(_rate * rate, out _);

    /// <summary>About the index below which this category lies with the probability of <paramref name="z"/> standard deviations.</summary>
    public double GuessQuantile(double z) => _scale.IndexOf(Belief.GuessQuantile(z) / _rate);
}
