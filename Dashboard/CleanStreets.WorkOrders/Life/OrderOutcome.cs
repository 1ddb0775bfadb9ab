using System.Text.Json.Serialization;
using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>How a crew ended its work.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OrderOutcome>))]
public enum OrderOutcome : byte
{
    /// <summary>Cleaned by the crew. Awaits a pass.</summary>
    Collected = 1,

    /// <summary>Nothing left to clean on arrival. Awaits a pass like a cleaning.</summary>
    GoneOnArrival = 2,

    /// <summary>Could not be reached on the street: parked cars, works.</summary>
    Blocked = 3,

    /// <summary>Locked gate, private ground.</summary>
    NoAccess = 4,

    /// <summary>Not safe for the crew: sharps, chemicals, people in distress.</summary>
    Unsafe = 5,

    /// <summary>Handed to another department.</summary>
    Referred = 6,
}

/// <summary>What an outcome means for the order.</summary>
public static class OrderOutcomes
{
    /// <summary>Whether the crew says that the street is clean now.</summary>
    public static bool SaysClean(this OrderOutcome outcome) => outcome is OrderOutcome.Collected or OrderOutcome.GoneOnArrival;
}
