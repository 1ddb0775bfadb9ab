using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>Who cleans.</summary>
public sealed record Crew
{
    /// <summary>The crew.</summary>
    public required CrewId Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Most orders in a day; null for <see cref="DayPlanOptions.OrdersPerCrewAndDay"/>, 0 for a crew that is off.</summary>
    public int? OrdersPerDay { get; init; }

    /// <summary>The crew's own vehicles: their passes never verify its orders.</summary>
    public IReadOnlyList<TruckId> Vehicles { get; init; } = [];

    /// <summary>Where it starts; used until it has orders to be near to.</summary>
    public Place? Base { get; init; }
}

/// <summary>A place on the map.</summary>
/// <param name="Latitude">WGS 84, degrees.</param>
/// <param name="Longitude">WGS 84, degrees.</param>
public readonly record struct Place(double Latitude, double Longitude)
{
    private const double EarthRadiusKilometres = 6371.0088;

    /// <summary>Kilometres to <paramref name="other"/> on a plane that touches the city; exact enough within one.</summary>
    public double KilometresTo(Place other)
    {
        var east = double.DegreesToRadians(other.Longitude - Longitude) * Math.Cos(double.DegreesToRadians((Latitude + other.Latitude) / 2));
        var north = double.DegreesToRadians(other.Latitude - Latitude);
        return EarthRadiusKilometres * Math.Sqrt((east * east) + (north * north));
    }
}
