using CleanStreets.Contracts;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets;

/// <summary>Small networks drawn in metres about a point in the Mojave desert.</summary>
internal static class TestStreets
{
    public static readonly LocalProjection Plane = new(new GeoPoint(35, -117.5));

    public static StreetDefinition Street(string id, params (double X, double Y)[] line) => Draw(id, oneWay: false, line);

    public static StreetDefinition OneWay(string id, params (double X, double Y)[] line) => Draw(id, oneWay: true, line);

    public static GeoPoint Place(double x, double y) => Plane.ToGeo(new PlanePoint(x, y));

    /// <summary>Two blocks by two: streets h{row}{column} run east, v{column}{row} north, each <paramref name="block"/> metres.</summary>
    public static StreetNetwork Grid(int size = 3, double block = 100)
    {
        var streets = new List<StreetDefinition>();
        for (var i = 0; i <= size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                streets.Add(Street($"h{i}{j}", (j * block, i * block), ((j + 1) * block, i * block)));
                streets.Add(Street($"v{i}{j}", (i * block, j * block), (i * block, (j + 1) * block)));
            }
        }

        return StreetNetwork.Create(streets);
    }

    /// <summary>The same streets with turns forbidden, each two segments with + or − for their directions: <c>+h00 -v10</c>.</summary>
    public static StreetNetwork Forbid(StreetNetwork network, params string[] turns) => StreetNetwork.Create(
        network.Segments.Select(s => new StreetDefinition(s.Id, s.Name, s.Class, s.OneWay, s.Geometry)),
        turns.Select(turn => turn.Split(' ')).Select(ends => new ForbiddenTurn(
            SegmentId.Parse(ends[0][1..]), ends[0][0] == '+', SegmentId.Parse(ends[1][1..]), ends[1][0] == '+')));

    public static int IndexOf(this StreetNetwork network, string id) =>
        network.TryFind(SegmentId.Parse(id), out var segment) ? segment.Index : throw new ArgumentException($"No segment {id}.", nameof(id));

    private static StreetDefinition Draw(string id, bool oneWay, (double X, double Y)[] line) => new(
        SegmentId.Parse(id), $"{id} Street", "residential", oneWay, [.. line.Select(point => Rounded(Place(point.X, point.Y)))]);

    private static GeoPoint Rounded(GeoPoint point) => new(Math.Round(point.Latitude, 7), Math.Round(point.Longitude, 7));
}
