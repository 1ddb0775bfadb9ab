using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Dashboard.Map;

/// <summary>A street segment as the map needs it.</summary>
internal sealed class MapSegment
{
    public MapSegment(StreetProperties street, IReadOnlyList<double[]> geometry)
    {
        Street = street;
        Geometry = geometry;
        Points = [.. geometry.Select(point => MercatorPoint.Of(point[0], point[1]))];
        Box = geometry.Aggregate(GeoBox.Empty, (box, point) => box.With(point[0], point[1]));
        Min = new MercatorPoint(Points.Min(point => point.X), Points.Min(point => point.Y));
        Max = new MercatorPoint(Points.Max(point => point.X), Points.Max(point => point.Y));
    }

    public StreetProperties Street { get; }

    public SegmentId Id => Street.SegmentId;

    public int Index => Street.SegmentIndex;

    /// <summary>Longitude and latitude of each vertex, in GeoJSON's order.</summary>
    public IReadOnlyList<double[]> Geometry { get; }

    public MercatorPoint[] Points { get; }

    public GeoBox Box { get; }

    public MercatorPoint Min { get; }

    public MercatorPoint Max { get; }

    /// <summary>A place on the line near its middle, to point at.</summary>
    public double[] Center => Geometry.Count > 2
        ? Geometry[Geometry.Count / 2]
        : [(Geometry[0][0] + Geometry[^1][0]) / 2, (Geometry[0][1] + Geometry[^1][1]) / 2];

    /// <summary>Which block of its street it is, by the streets that cross at its ends; null when none has another name.</summary>
    public string? Block { get; internal set; }

    /// <summary>What people call it: its name, else its id.</summary>
    public string Label => Street.Name ?? $"Segment {Id}";
}
