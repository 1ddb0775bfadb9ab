namespace CleanStreets.Scoring.Streets;

/// <summary>How a street map is brought into the form of a network.</summary>
public sealed record StreetImportOptions
{
    /// <summary>GeoJSON: which properties mean what.</summary>
    public StreetFileOptions Properties { get; init; } = new();

    /// <summary>
    /// Roads to take beside streets. Null: streets alone out of OpenStreetMap's own formats, and every line out of GeoJSON but those
    /// whose <c>highway</c> is no road.
    /// </summary>
    public RoadChoice? Roads { get; init; }

    /// <summary>GeoJSON: whether lines are cut where they share a point with another. Default: true. OpenStreetMap's ways always are.</summary>
    public bool Cut { get; init; } = true;
}

/// <summary>A network made out of a street map.</summary>
/// <param name="Network">The network.</param>
/// <param name="Lines">Ways or features that it came from.</param>
/// <param name="Notes">What was left out and why, a sentence each.</param>
public sealed record ImportedStreets(StreetNetwork Network, int Lines, IReadOnlyList<string> Notes);
