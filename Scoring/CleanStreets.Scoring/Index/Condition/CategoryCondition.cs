namespace CleanStreets.Scoring.Index;

/// <summary>What is believed of one category of dirt on one street.</summary>
public sealed class CategoryCondition
{
    private readonly CategoryPosterior _posterior;

    internal CategoryCondition(CategoryPosterior posterior) => _posterior = posterior;

    /// <summary>Name of the category: <c>litter</c>, <c>weeds</c>, <c>leaves</c>, <c>bulky</c>, or a city's own.</summary>
    public string Name => _posterior.Category.Name;

    /// <summary>Expected pieces per 100 m².</summary>
    public double PiecesPer100SquareMetres => _posterior.Mean;

    /// <summary>Probability that there are at most so many pieces per 100 m².</summary>
    public double ProbabilityAtMost(double piecesPer100SquareMetres) => _posterior.BelowRate(piecesPer100SquareMetres);

    internal CategoryPosterior Posterior => _posterior;
}
