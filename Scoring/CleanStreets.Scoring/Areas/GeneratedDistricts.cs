using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>Districts for a city that has no layer of its own: six rectangles over its streets, named by where they lie.</summary>
public static class GeneratedDistricts
{
    private static readonly string[] Rows = ["South", "North"];
    private static readonly string[] Columns = ["west", "side", "east"];

    /// <summary>The districts; together they hold every street.</summary>
    public static IReadOnlyList<Area> Of(StreetNetwork network)
    {
        var points = network.Segments.SelectMany(segment => segment.Geometry).ToList();
        var (south, north) = Spread(points.Select(point => point.Latitude));
        var (west, east) = Spread(points.Select(point => point.Longitude));
        var areas = new List<Area>();
        for (var row = Rows.Length - 1; row >= 0; row--)
        {
            for (var column = 0; column < Columns.Length; column++)
            {
                var (low, high) = (Between(south, north, row, Rows.Length), Between(south, north, row + 1, Rows.Length));
                var (left, right) = (Between(west, east, column, Columns.Length), Between(west, east, column + 1, Columns.Length));
                areas.Add(new Area(
                    Columns[column] == "side" ? $"{Rows[row]} side" : Rows[row] + Columns[column],
                    new AreaShape([[new(low, left), new(low, right), new(high, right), new(high, left)]])));
            }
        }

        return areas;
    }

    // A little beyond the outermost corner: what lies on an edge belongs to one side of it only.
    private static (double From, double To) Spread(IEnumerable<double> values)
    {
        var (from, to) = values.Aggregate((From: double.MaxValue, To: double.MinValue), (range, value) => (Math.Min(range.From, value), Math.Max(range.To, value)));
        var margin = Math.Max(1e-5, (to - from) * 0.01);
        return (from - margin, to + margin);
    }

    private static double Between(double from, double to, int part, int parts) => from + ((to - from) * part / parts);
}
