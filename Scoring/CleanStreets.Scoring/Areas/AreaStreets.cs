using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>A street in an area.</summary>
/// <param name="Segment">The street.</param>
/// <param name="InsideShare">Share of its length inside, above 0 and up to 1.</param>
public readonly record struct AreaStreet(StreetSegment Segment, double InsideShare);

/// <summary>Which streets lie in which areas, by the share of their length.</summary>
public static class AreaStreets
{
    private const double LeastShare = 1e-6; // Below this, rounding speaks.

    /// <summary>The streets of an area, in the order of the network.</summary>
    public static IReadOnlyList<AreaStreet> Of(StreetNetwork network, AreaShape shape)
    {
        var streets = new List<AreaStreet>();
        foreach (var segment in network.Segments)
        {
            var share = MayLieIn(segment, shape) ? ShareInside(network, segment, shape) : 0;
            if (share > LeastShare)
            {
                streets.Add(new AreaStreet(segment, Math.Min(1, share)));
            }
        }

        return streets;
    }

    private static bool MayLieIn(StreetSegment segment, AreaShape shape)
    {
        var first = segment.Geometry[0];
        var (south, west, north, east) = (first.Latitude, first.Longitude, first.Latitude, first.Longitude);
        for (var i = 1; i < segment.Geometry.Count; i++)
        {
            var here = segment.Geometry[i];
            (south, north) = (Math.Min(south, here.Latitude), Math.Max(north, here.Latitude));
            (west, east) = (Math.Min(west, here.Longitude), Math.Max(east, here.Longitude));
        }

        return shape.MayHold(south, west, north, east);
    }

    private static double ShareInside(StreetNetwork network, StreetSegment segment, AreaShape shape)
    {
        var (inside, length) = (0.0, 0.0);
        var before = network.Projection.ToPlane(segment.Geometry[0]);
        for (var i = 1; i < segment.Geometry.Count; i++)
        {
            var here = network.Projection.ToPlane(segment.Geometry[i]);
            var piece = Math.Sqrt(((here.X - before.X) * (here.X - before.X)) + ((here.Y - before.Y) * (here.Y - before.Y)));
            inside += piece * shape.ShareInside(segment.Geometry[i - 1], segment.Geometry[i]);
            length += piece;
            before = here;
        }

        return length > 0 ? inside / length : 0;
    }
}
