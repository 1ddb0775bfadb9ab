namespace CleanStreets.Scoring.Streets;

/// <summary>What OpenStreetMap's tags say of a way: whether a truck may drive it, and which way.</summary>
/// <remarks>Keys and values: the tables of the OpenStreetMap wiki for <c>highway</c>, <c>access</c> and <c>oneway</c>.</remarks>
internal static class OsmRoadRule
{
    /// <summary>The tag that makes a way a road.</summary>
    public const string Key = "highway";

    private const string Alley = "alley";

    private static readonly HashSet<string> Streets = new(StringComparer.Ordinal)
    {
        "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
        "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road",
    };

    private static readonly HashSet<string> NoRoads = new(StringComparer.Ordinal)
    {
        "footway", "path", "cycleway", "steps", "pedestrian", "bridleway", "corridor", "elevator", "platform", "via_ferrata",
        "construction", "proposed", "abandoned", "razed", "raceway", "busway", "bus_guideway", "escape", "rest_area", "services",
    };

    // From the widest word to the narrowest; the narrowest one given decides.
    private static readonly string[] AccessKeys = ["motorcar", "motor_vehicle", "vehicle", "access"];

    /// <summary>Whether the way belongs into the network.</summary>
    /// <param name="tag">Value of a key; null without one.</param>
    /// <param name="choice">What the city takes beside streets.</param>
    public static bool IsWanted(Func<string, string?> tag, RoadChoice choice) =>
        tag(Key) is { } highway && IsWantedKind(highway, tag("service"), choice) && tag("area") != "yes" && IsOpen(tag, choice);

    /// <summary>Whether a value of <c>highway</c> names something that is never a road.</summary>
    public static bool IsNoRoad(string highway) => NoRoads.Contains(highway);

    /// <summary>The kind of road: <c>highway</c>, and <c>alley</c> for alleys.</summary>
    public static string ClassOf(Func<string, string?> tag) =>
        tag(Key) is "service" && tag("service") is Alley ? Alley : tag(Key) ?? "road";

    /// <summary>Where traffic runs. Motorways and roundabouts are one-way unless they say otherwise.</summary>
    public static TrafficDirection DirectionOf(Func<string, string?> tag)
    {
        var said = tag("oneway");
        return said is null && (tag(Key) is "motorway" or "motorway_link" || tag("junction") is "roundabout" or "circular")
            ? TrafficDirection.Along
            : TrafficDirections.Parse(said);
    }

    private static bool IsWantedKind(string highway, string? service, RoadChoice choice) => highway switch
    {
        "track" => choice.HasFlag(RoadChoice.Tracks),
        "service" => choice.HasFlag(service switch
        {
            Alley => RoadChoice.Alleys,
            "driveway" or "parking_aisle" or "drive-through" or "emergency_access" => RoadChoice.Driveways,
            _ => RoadChoice.Service,
        }),
        _ => Streets.Contains(highway),
    };

    private static bool IsOpen(Func<string, string?> tag, RoadChoice choice)
    {
        var access = AccessKeys.Select(tag).FirstOrDefault(value => value is not null);
        return access switch
        {
            "no" or "agricultural" or "forestry" or "emergency" or "military" => false,
            "private" => choice.HasFlag(RoadChoice.Private),
            _ => true,
        };
    }
}
