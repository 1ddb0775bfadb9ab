namespace CleanStreets.Scoring.Streets;

/// <summary>A place as a node number, for files whose lines have no nodes: equal places to 10⁻⁷ degree (1 cm) are one node.</summary>
internal static class PlaceKey
{
    private const double UnitsPerDegree = 1e7;

    /// <summary>The number of a place.</summary>
    public static long Of(GeoPoint place) =>
        ((long)Math.Round(place.Latitude * UnitsPerDegree) << 32) | (uint)(int)Math.Round(place.Longitude * UnitsPerDegree);

    /// <summary>The place of a number.</summary>
    public static GeoPoint PlaceOf(long key) => new((key >> 32) / UnitsPerDegree, (int)key / UnitsPerDegree);
}
