using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Ways that make forbidden turns: trucks do, and maps err, so such a way is dear and not impossible.</summary>
/// <remarks>
/// Each forbidden turn costs half of the longest way that is looked for: about 100 m between fixes a second apart, 300 m where 200 m lie
/// between them. The more room there was to go round, the less a forbidden turn is believed. The price does not count against the limit,
/// so no trace breaks for it.
/// </remarks>
internal sealed class ForbiddenWays(StreetEdges edges, NetworkReach reach)
{
    private readonly RouteTables _tables = new(edges, reach);

    /// <summary>What one forbidden turn costs, in metres.</summary>
    public static double Price(double limit) => limit / 2;

    /// <inheritdoc cref="RouteTables.Forget"/>
    public void Forget() => _tables.Forget();

    /// <summary>The way from the end of one edge to the beginning of another when signs are not heeded.</summary>
    /// <param name="from">Edge driven to its end.</param>
    /// <param name="to">Edge entered.</param>
    /// <param name="limit">Longest way that is looked for.</param>
    /// <param name="table">Where the way is written.</param>
    /// <param name="entry">Its entry in the table.</param>
    /// <returns>Its metres, U-turns priced in, and its forbidden turns; infinite beyond the limit.</returns>
    public (double Metres, int Turns) Between(int from, int to, double limit, out EdgeReach table, out int entry)
    {
        table = _tables.From(from, limit);
        entry = table.Find(to);
        if (entry < 0 || table.Cost(entry) > limit)
        {
            return (double.PositiveInfinity, 0);
        }

        var turns = 0;
        for (var at = entry; at >= 0; at = table.Before(at))
        {
            turns += edges.IsForbidden(table.Before(at) < 0 ? from : table.Edge(table.Before(at)), table.Edge(at)) ? 1 : 0;
        }

        return (table.Cost(entry), turns);
    }
}
