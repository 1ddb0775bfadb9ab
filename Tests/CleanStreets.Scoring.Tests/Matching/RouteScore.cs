using System.Globalization;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

/// <summary>Precision and recall of matched passes against routes that people have corrected, by length.</summary>
/// <remarks>
/// A segment belongs to a route when five points inside it all lie within 2 m of the route's line; one where only some do was driven
/// in part and counts neither way. Passes with a coverage below one half do not count.
/// </remarks>
internal sealed class RouteScore(StreetNetwork network)
{
    private const double OnRouteMetres = 2;

    private double _right;
    private double _wrong;
    private double _missed;

    public double Precision => _right / (_right + _wrong);

    public double Recall => _right / (_right + _missed);

    public void Add(IReadOnlyList<GeoPoint[]> route, IEnumerable<string> passed)
    {
        var got = passed.ToHashSet();
        var lines = route.Select(part => part.Select(network.Projection.ToPlane).ToArray()).ToArray();
        foreach (var segment in network.Segments)
        {
            var inside = new[] { 0.1, 0.3, 0.5, 0.7, 0.9 }.Count(share => IsOn(lines, PointOf(segment, share)));
            var hit = got.Contains(segment.Id.Value);
            _right += inside == 5 && hit ? segment.LengthMetres : 0;
            _missed += inside == 5 && !hit ? segment.LengthMetres : 0;
            _wrong += inside == 0 && hit ? segment.LengthMetres : 0;
        }
    }

    /// <summary>Parses <c>MULTILINESTRING ((x y,x y),(…))</c>.</summary>
    public static List<GeoPoint[]> Lines(string wkt) =>
    [
        .. wkt[(wkt.IndexOf('(', StringComparison.Ordinal) + 1)..wkt.LastIndexOf(')')]
            .Split(')', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Trim(' ', ',', '('))
            .Where(part => part.Length > 0)
            .Select(part => part.Split(',').Select(Point).ToArray()),
    ];

    private static GeoPoint Point(string text)
    {
        var numbers = text.Trim().Split(' ');
        return new GeoPoint(double.Parse(numbers[1], CultureInfo.InvariantCulture), double.Parse(numbers[0], CultureInfo.InvariantCulture));
    }

    private PlanePoint PointOf(StreetSegment segment, double share) => network.Shapes.PointAt(segment.Index, segment.LengthMetres * share, out _);

    private static bool IsOn(PlanePoint[][] lines, PlanePoint point)
    {
        foreach (var line in lines)
        {
            for (var i = 1; i < line.Length; i++)
            {
                if (Distance(point, line[i - 1], line[i]) <= OnRouteMetres)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static double Distance(PlanePoint point, PlanePoint from, PlanePoint to)
    {
        double dx = to.X - from.X, dy = to.Y - from.Y;
        var squared = (dx * dx) + (dy * dy);
        var share = squared <= 0 ? 0 : Math.Clamp((((point.X - from.X) * dx) + ((point.Y - from.Y) * dy)) / squared, 0, 1);
        return double.Hypot(point.X - from.X - (share * dx), point.Y - from.Y - (share * dy));
    }
}
