using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>One happening of an event, with its trucks and streets chosen.</summary>
/// <param name="Story">The story's name.</param>
/// <param name="Event">What its file says.</param>
/// <param name="Number">Its place among all episodes of the run, from 0.</param>
/// <param name="FromMs">When it begins, ms since 1970 UTC.</param>
/// <param name="ToMs">When it is over.</param>
/// <param name="Trucks">Places in the fleet of the trucks it is about; empty for what happens to streets.</param>
/// <param name="Segments">The street segments it is about; empty: it does not go by streets.</param>
/// <param name="Area">Where it holds; null: everywhere.</param>
internal sealed record StoryEpisode(
    string Story, StoryEvent Event, int Number, long FromMs, long ToMs, IReadOnlySet<int> Trucks, IReadOnlyList<int> Segments, StoryArea? Area)
{
    /// <summary>Whether it holds at a moment.</summary>
    public bool Holds(long atMs) => atMs >= FromMs && atMs < ToMs;

    /// <summary>Whether it holds for a truck at a moment and place.</summary>
    public bool Holds(int truck, GeoPoint place, long atMs) => Holds(atMs) && Trucks.Contains(truck) && Area?.Holds(place) != false;
}

/// <summary>A circle in the city.</summary>
internal sealed record StoryArea(GeoPoint Centre, double RadiusMetres)
{
    private const double MetresPerDegree = 111_195;

    /// <summary>Whether a place lies in it.</summary>
    public bool Holds(GeoPoint place) => Metres(Centre, place) <= RadiusMetres;

    /// <summary>Distance, as the crow flies.</summary>
    public static double Metres(GeoPoint a, GeoPoint b)
    {
        var east = (a.Longitude - b.Longitude) * Math.Cos(double.DegreesToRadians(a.Latitude));
        return Math.Sqrt(((a.Latitude - b.Latitude) * (a.Latitude - b.Latitude)) + (east * east)) * MetresPerDegree;
    }
}
