using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>A market on one street segment: while it lasts litter comes and stalls hide the kerb; when it is over piles stay.</summary>
/// <param name="FromMs">When it begins, ms since 1970 UTC.</param>
/// <param name="ToMs">When it is over.</param>
/// <param name="LitterPerHour">Pieces on 100 m² that come in an hour.</param>
/// <param name="Hides">Share of the kerb that is hidden.</param>
/// <param name="Piles">What stays behind.</param>
internal sealed record Market(long FromMs, long ToMs, double LitterPerHour, double Hides, IReadOnlyList<StreetItem> Piles)
{
    // Numbers of things that lie there from the beginning stay far below.
    private const int FirstTrack = 1_000_000;
    private const int MostPiles = 20;

    /// <summary>A market with piles at places that the seed chooses.</summary>
    /// <param name="segment">Where.</param>
    /// <param name="number">Its number in the run: its piles are others than those of another.</param>
    /// <param name="fromMs">When it begins.</param>
    /// <param name="toMs">When it is over.</param>
    /// <param name="litterPerHour">Pieces on 100 m² an hour.</param>
    /// <param name="hides">Share of the kerb that is hidden.</param>
    /// <param name="piles">How many piles stay.</param>
    /// <param name="seed">Chooses.</param>
    public static Market On(StreetSegment segment, int number, long fromMs, long toMs, double litterPerHour, double hides, int piles, int seed)
    {
        var random = new Random(unchecked((((seed * 486_187_739) + segment.Index) * 16_777_619) + number));
        return new Market(fromMs, toMs, litterPerHour, hides, [.. Enumerable.Range(0, piles).Select(n => new StreetItem(
            Kinds.Pile,
            random.Next(2) == 0 ? Side.Left : Side.Right,
            random.NextDouble() * segment.LengthMetres,
            toMs,
            FirstTrack + (((number * 10_000) + segment.Index) * MostPiles) + n))]);
    }

    /// <summary>Pieces on 100 m² that came between two moments.</summary>
    public double LitterBetween(long sinceMs, long atMs) =>
        LitterPerHour * Math.Max(0, Math.Min(atMs, ToMs) - Math.Max(sinceMs, FromMs)) / 3_600_000.0;

    /// <summary>Share of the kerb that is hidden at a moment.</summary>
    public double HiddenAt(long atMs) => atMs >= FromMs && atMs < ToMs ? Hides : 0;
}
