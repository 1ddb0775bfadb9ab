namespace CleanStreets.Scoring.Streets;

/// <summary>Which properties of a GeoJSON feature mean what. Names that a file lacks are read as "not given", except the id and those in <see cref="Mapped"/>.</summary>
public sealed record StreetFileOptions
{
    /// <summary>The lasting identifier. Default: <c>segmentId</c>; a feature without it may carry GeoJSON's own <c>id</c>.</summary>
    public string IdProperty { get; init; } = "segmentId";

    /// <summary>The street's name. Default: <c>name</c>.</summary>
    public string NameProperty { get; init; } = "name";

    /// <summary>The kind of road; the first that is present. Default: <c>highway</c>, <c>class</c>.</summary>
    public IReadOnlyList<string> ClassProperties { get; init; } = ["highway", "class"];

    /// <summary>Direction of traffic: yes, true or 1; −1 or reverse (against the line); FT or TF; anything else is both ways. Default: <c>oneway</c>.</summary>
    public string OneWayProperty { get; init; } = "oneway";

    /// <summary>Properties that a person has named: a file in which no feature has one of them is refused.</summary>
    public IReadOnlyList<string> Mapped { get; init; } = [];

    /// <summary>These options with one meaning mapped to a property.</summary>
    /// <param name="meaning"><c>id</c>, <c>name</c>, <c>class</c> or <c>oneway</c>.</param>
    /// <param name="property">The property's name in the file.</param>
    /// <exception cref="ArgumentException">There is no such meaning; the message lists them.</exception>
    public StreetFileOptions With(string meaning, string property)
    {
        var mapped = this with { Mapped = [.. Mapped, property] };
        return meaning switch
        {
            "id" => mapped with { IdProperty = property },
            "name" => mapped with { NameProperty = property },
            "class" => mapped with { ClassProperties = [property] },
            "oneway" => mapped with { OneWayProperty = property },
            _ => throw new ArgumentException($"'{meaning}' is none of id, name, class, oneway", nameof(meaning)),
        };
    }
}
