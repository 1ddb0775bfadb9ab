namespace CleanStreets.Scoring.Index;

/// <summary>Evidence of one category, faded by age.</summary>
/// <param name="Pieces">Σ pieces × weight.</param>
/// <param name="SquareMetres">Σ exposure × weight, m².</param>
/// <param name="Passes">Passes that still carry weight.</param>
internal readonly record struct FadedEvidence(double Pieces, double SquareMetres, int Passes)
{
    private const double Milli = 1000;

    /// <summary>Adds an hour's sums.</summary>
    public FadedEvidence Plus(long pieces, long exposure, double weight, int passes) => new(
        Pieces + (weight * (pieces / Milli)), SquareMetres + (weight * (exposure / Milli)), Passes + passes);
}
