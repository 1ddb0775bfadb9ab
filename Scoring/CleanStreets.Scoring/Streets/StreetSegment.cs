using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>One street between two junctions: what a source says about it, before it has its place in a network.</summary>
/// <param name="Id">Its lasting identifier.</param>
/// <param name="Name">The street's name; null when it has none.</param>
/// <param name="Class">The kind of road, in the words of its source (OpenStreetMap's <c>highway</c>); null when unknown.</param>
/// <param name="OneWay">Whether it may be driven only along its geometry.</param>
/// <param name="Geometry">Its line, two points or more, from one end to the other.</param>
public sealed record StreetDefinition(
    SegmentId Id, string? Name, string? Class, bool OneWay, IReadOnlyList<GeoPoint> Geometry);

/// <summary>A street segment in its network. Left and right of a segment are seen along its geometry.</summary>
public sealed class StreetSegment
{
    internal StreetSegment(StreetDefinition definition, int index, int fromNode, int toNode, double lengthMetres)
    {
        Id = definition.Id;
        Index = index;
        Name = definition.Name;
        Class = definition.Class;
        OneWay = definition.OneWay;
        Geometry = definition.Geometry;
        FromNode = fromNode;
        ToNode = toNode;
        LengthMetres = lengthMetres;
    }

    /// <summary>Its lasting identifier.</summary>
    public SegmentId Id { get; }

    /// <summary>Its place in <see cref="StreetNetwork.Segments"/>: good for one network version, never stored.</summary>
    public int Index { get; }

    /// <summary>The street's name; null when it has none.</summary>
    public string? Name { get; }

    /// <summary>The kind of road in the words of its source; null when unknown.</summary>
    public string? Class { get; }

    /// <summary>Whether it may be driven only along its geometry.</summary>
    public bool OneWay { get; }

    /// <summary>Length, measured along the geometry.</summary>
    public double LengthMetres { get; }

    /// <summary>Its line, two points or more.</summary>
    public IReadOnlyList<GeoPoint> Geometry { get; }

    /// <summary>The junction where the geometry begins.</summary>
    public int FromNode { get; }

    /// <summary>The junction where the geometry ends.</summary>
    public int ToNode { get; }

    /// <summary>The identifier and the name, for people.</summary>
    public override string ToString() => Name is null ? Id.Value : $"{Id.Value} ({Name})";
}
