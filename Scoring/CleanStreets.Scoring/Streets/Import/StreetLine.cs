namespace CleanStreets.Scoring.Streets;

/// <summary>One line of a street map as its source drew it, before it is cut at junctions.</summary>
/// <param name="Source">Number of the way or the feature it comes from.</param>
/// <param name="Name">The street's name.</param>
/// <param name="Class">The kind of road.</param>
/// <param name="OneWay">Whether it may be driven only along the nodes.</param>
/// <param name="Nodes">Numbers of its points, two or more, no two neighbours equal. Lines meet where they share a number.</param>
internal sealed record StreetLine(long Source, string? Name, string? Class, bool OneWay, long[] Nodes)
{
    /// <summary>Whether two lines that meet end to end may be one street.</summary>
    public bool Agrees(StreetLine other) =>
        Name == other.Name && Class == other.Class && OneWay == other.OneWay;
}
