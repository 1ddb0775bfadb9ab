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

/// <summary>Sums a segment's evidence by category, faded as of a moment; what was captured later is left out.</summary>
/// <param name="evidence">The segment's evidence.</param>
/// <param name="asOfMs">The moment, milliseconds since 1970 UTC.</param>
/// <param name="withSides">Whether the sides are asked for, too; summing them costs twice as much as the whole.</param>
/// <returns>At <c>scope × categories + category</c>, the scope being 0 for the whole, else the side.</returns>
internal delegate FadedEvidence[] EvidenceCollector(SegmentEvidence evidence, long asOfMs, bool withSides = true);
