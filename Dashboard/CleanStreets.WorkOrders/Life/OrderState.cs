using System.Text.Json.Serialization;
using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>Where a work order stands in its life. A candidate is not an order and has no state.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OrderState>))]
public enum OrderState : byte
{
    /// <summary>Assigned to a crew, not yet accepted; also after it was reopened.</summary>
    Open = 0,

    /// <summary>The crew has taken it on.</summary>
    Accepted = 1,

    /// <summary>The crew is at work on the street.</summary>
    InProgress = 2,

    /// <summary>The crew says that the street is clean. Not believed before a later pass agrees.</summary>
    Done = 3,

    /// <summary>A later pass by another vehicle saw the street clean. Final unless a person reopens it.</summary>
    Verified = 4,

    /// <summary>Ended without cleaning: blocked, no access, unsafe or referred. Never verified.</summary>
    NotCleaned = 5,

    /// <summary>Taken back by the dispatcher. Final.</summary>
    Cancelled = 6,
}

/// <summary>Groups of states that rules speak of.</summary>
public static class OrderStates
{
    /// <summary>Whether a crew still has work with it: open, accepted or in progress.</summary>
    public static bool IsLive(this OrderState state) => state is OrderState.Open or OrderState.Accepted or OrderState.InProgress;
}
