namespace CleanStreets.Scoring.Streets;

/// <summary>Which properties of a GeoJSON feature mean what. Names that a file lacks are read as "not given", except the id.</summary>
public sealed record StreetFileOptions
{
    /// <summary>The lasting identifier. Default: <c>segmentId</c>; a feature without it may carry GeoJSON's own <c>id</c>.</summary>
    public string IdProperty { get; init; } = "segmentId";

    /// <summary>The street's name. Default: <c>name</c>.</summary>
    public string NameProperty { get; init; } = "name";

    /// <summary>The kind of road; the first that is present. Default: <c>highway</c>, <c>class</c>.</summary>
    public IReadOnlyList<string> ClassProperties { get; init; } = ["highway", "class"];

    /// <summary>Direction of traffic: yes, true or 1; −1 or reverse (against the line); anything else is both ways. Default: <c>oneway</c>.</summary>
    public string OneWayProperty { get; init; } = "oneway";
}
