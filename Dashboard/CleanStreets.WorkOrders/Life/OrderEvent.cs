using System.Text.Json.Serialization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>One step in the life of an order, as it was said and as it is kept for good.</summary>
public sealed record OrderEvent
{
    /// <summary>Most characters of <see cref="EventId"/>.</summary>
    public const int MaxEventIdLength = 64;

    /// <summary>Made by whoever acts (a phone's UUID): the same event sent twice counts once.</summary>
    public required string EventId { get; init; }

    /// <summary>What happened.</summary>
    public required OrderEventKind Kind { get; init; }

    /// <summary>When, by the clock of who acts; a phone without reception sends it hours later.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the server took note of it, by the server's clock.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who acted.</summary>
    public required OrderActor Actor { get; init; }

    /// <summary>For <see cref="OrderEventKind.Ended"/>: how it ended.</summary>
    public OrderOutcome? Outcome { get; init; }

    /// <summary>For <see cref="OrderEventKind.Opened"/> and <see cref="OrderEventKind.Assigned"/>: whose order it is now.</summary>
    public CrewId? Crew { get; init; }

    /// <summary>For <see cref="OrderEventKind.Verified"/>, and <see cref="OrderEventKind.Reopened"/> by a recheck: the pass that showed it.</summary>
    public PassReference? Pass { get; init; }

    /// <summary>What the actor wrote.</summary>
    public string? Note { get; init; }

    /// <summary>The time rules reckon with: <see cref="At"/>, but never later than the server heard of it, so that a phone's fast clock moves nothing into the future.</summary>
    [JsonIgnore]
    public DateTimeOffset EffectiveAt => At < RecordedAt ? At : RecordedAt;
}

/// <summary>What can happen to an order.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OrderEventKind>))]
public enum OrderEventKind : byte
{
    /// <summary>Made from a candidate or by a dispatcher, and assigned to a crew. Always the first event.</summary>
    Opened = 1,

    /// <summary>Given to a crew (again, or to another).</summary>
    Assigned = 2,

    /// <summary>Taken on by its crew.</summary>
    Accepted = 3,

    /// <summary>Work on the street has begun.</summary>
    Started = 4,

    /// <summary>The crew has finished, with an <see cref="OrderOutcome"/>.</summary>
    Ended = 5,

    /// <summary>A later pass by another vehicle saw the street clean.</summary>
    Verified = 6,

    /// <summary>The same dirt is still there, or a dispatcher wants another try.</summary>
    Reopened = 7,

    /// <summary>Taken back by a dispatcher, or because the street is gone.</summary>
    Cancelled = 8,
}

/// <summary>The pass that verified or reopened an order.</summary>
/// <param name="TruckId">The vehicle.</param>
/// <param name="EnteredAt">When it entered the street segment.</param>
/// <param name="Grade">The grade this pass alone gave.</param>
public sealed record PassReference(TruckId TruckId, DateTimeOffset EnteredAt, Grade? Grade);
