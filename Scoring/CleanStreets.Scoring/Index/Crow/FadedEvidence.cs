namespace CleanStreets.Scoring.Index;

/// <summary>Evidence of one category, faded by age.</summary>
/// <param name="Pieces">Σ pieces × weight.</param>
/// <param name="SquareMetres">Σ exposure × weight, m².</param>
/// <param name="Passes">Passes that still carry weight.</param>
/// <param name="Information">
/// Independent pieces that all of this is worth, where scatter and trucks are reckoned with; not a number where the plain factor says it.
/// </param>
internal readonly record struct FadedEvidence(double Pieces, double SquareMetres, int Passes, double Information = double.NaN)
{
    private const double Milli = 1000;

    /// <summary>Adds an hour's sums.</summary>
    public FadedEvidence Plus(long pieces, long exposure, double weight, int passes) => new(
        Pieces + (weight * (pieces / Milli)), SquareMetres + (weight * (exposure / Milli)), Passes + passes);
}
