using System.Text.Json.Serialization;
using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>Who acts on an order.</summary>
/// <param name="Role">In which role; decides what is allowed.</param>
/// <param name="Name">Log-in name, or the name of the rule that acted.</param>
/// <param name="Crew">The crew, when <paramref name="Role"/> is <see cref="OrderRole.Crew"/>.</param>
public sealed record OrderActor(OrderRole Role, string Name, CrewId? Crew = null)
{
    /// <summary>A member of a crew.</summary>
    public static OrderActor OfCrew(CrewId crew, string name) => new(OrderRole.Crew, name, crew);

    /// <summary>A dispatcher.</summary>
    public static OrderActor Dispatcher(string name) => new(OrderRole.Dispatcher, name);

    /// <summary>The rule that makes the day's orders.</summary>
    public static OrderActor Planner { get; } = new(OrderRole.Planner, "planner");

    /// <summary>The rule that compares later passes with what crews say.</summary>
    public static OrderActor Recheck { get; } = new(OrderRole.Recheck, "recheck");
}

/// <summary>Roles that act on orders.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OrderRole>))]
public enum OrderRole : byte
{
    /// <summary>A person who sends crews. May act for a crew, but cannot verify: only a pass can.</summary>
    Dispatcher = 1,

    /// <summary>The crew itself; acts on its own orders only.</summary>
    Crew = 2,

    /// <summary>The rule that opens orders from candidates, and takes back those whose street is gone.</summary>
    Planner = 3,

    /// <summary>The rule that verifies and reopens by later passes.</summary>
    Recheck = 4,
}
