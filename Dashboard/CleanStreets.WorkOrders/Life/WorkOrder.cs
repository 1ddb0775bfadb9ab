using System.Text.Json.Serialization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>A task to clean one street segment, with its full history.</summary>
/// <remarks>Immutable. Everything that changes follows from the events: opening again and applying <see cref="History"/> gives the same order.</remarks>
public sealed record WorkOrder
{
    /// <summary>The order.</summary>
    public required OrderId Id { get; init; }

    /// <summary>Where.</summary>
    public required SegmentId SegmentId { get; init; }

    /// <summary>Street name for people.</summary>
    public string? StreetName { get; init; }

    /// <summary>Whose order it is.</summary>
    public required CrewId Crew { get; init; }

    /// <summary>Where it stands.</summary>
    public required OrderState State { get; init; }

    /// <summary>How the crew ended it; absent before that and after a reopening.</summary>
    public OrderOutcome? Outcome { get; init; }

    /// <summary>The grade that raised it.</summary>
    public Grade? Grade { get; init; }

    /// <summary>The index that raised it.</summary>
    public double? Index { get; init; }

    /// <summary>Expected benefit when it was raised, grade-metres (see <see cref="CandidateRanking"/>).</summary>
    public double? Benefit { get; init; }

    /// <summary>Why it was raised, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>The truck whose pass raised it; that truck alone does not verify it.</summary>
    public TruckId? RaisedBy { get; init; }

    /// <summary>How often it came back.</summary>
    public int TimesReopened { get; init; }

    /// <summary>Every event, oldest first.</summary>
    public required IReadOnlyList<OrderEvent> History { get; init; }

    /// <summary>When it was opened.</summary>
    [JsonIgnore]
    public DateTimeOffset OpenedAt => History[0].EffectiveAt;

    /// <summary>When it changed last.</summary>
    [JsonIgnore]
    public DateTimeOffset ChangedAt => History[^1].EffectiveAt;

    /// <summary>When the crew ended it; absent while it is live.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndedAt => Outcome is null ? null : History.Last(e => e.Kind == OrderEventKind.Ended).EffectiveAt;

    /// <summary>Whether a crew still has work with it.</summary>
    [JsonIgnore]
    public bool IsLive => State.IsLive();

    /// <summary>Opens an order for a crew.</summary>
    /// <param name="opening">What it is about and who asked for it.</param>
    /// <exception cref="ArgumentException">The event id is empty or too long.</exception>
    public static WorkOrder Open(OrderOpening opening)
    {
        if (opening.EventId.Length is 0 or > OrderEvent.MaxEventIdLength)
        {
            throw new ArgumentException(OrderRefusal.EventIdInvalid.Message(), nameof(opening));
        }

        var opened = new OrderEvent
        {
            EventId = opening.EventId,
            Kind = OrderEventKind.Opened,
            At = opening.At,
            RecordedAt = opening.At,
            Actor = opening.Actor,
            Crew = opening.Crew,
            Note = opening.Reason,
        };
        return new WorkOrder
        {
            Id = opening.Id,
            SegmentId = opening.SegmentId,
            StreetName = opening.StreetName,
            Crew = opening.Crew,
            State = OrderState.Open,
            Grade = opening.Grade,
            Index = opening.Index,
            Benefit = opening.Benefit,
            Reason = opening.Reason,
            RaisedBy = opening.RaisedBy,
            History = [opened],
        };
    }

    /// <summary>Applies <paramref name="step"/>, or says why not. An event applied before changes nothing and succeeds.</summary>
    public OrderChange Apply(OrderEvent step) => OrderLife.Apply(this, step);
}

/// <summary>What a new order is about.</summary>
public sealed record OrderOpening
{
    /// <summary>Id of the new order.</summary>
    public required OrderId Id { get; init; }

    /// <summary>Where.</summary>
    public required SegmentId SegmentId { get; init; }

    /// <summary>Whose it will be.</summary>
    public required CrewId Crew { get; init; }

    /// <summary>Id of the opening event.</summary>
    public required string EventId { get; init; }

    /// <summary>When, by the server's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who opens it.</summary>
    public required OrderActor Actor { get; init; }

    /// <summary>Street name for people.</summary>
    public string? StreetName { get; init; }

    /// <summary>The grade that raises it.</summary>
    public Grade? Grade { get; init; }

    /// <summary>The index that raises it.</summary>
    public double? Index { get; init; }

    /// <summary>Expected benefit, grade-metres.</summary>
    public double? Benefit { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>The truck whose pass raised it, see <see cref="RecheckPolicy.RaisingTruck"/>.</summary>
    public TruckId? RaisedBy { get; init; }
}
