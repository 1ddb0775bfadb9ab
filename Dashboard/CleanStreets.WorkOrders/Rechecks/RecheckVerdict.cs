using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.WorkOrders;

/// <summary>What the passes say about an order.</summary>
public enum RecheckDecision : byte
{
    /// <summary>The order is not done, so nothing is to be rechecked.</summary>
    NothingToCheck = 0,

    /// <summary>No pass decides yet.</summary>
    Wait = 1,

    /// <summary>Another vehicle saw the street clean.</summary>
    Verify = 2,

    /// <summary>The same dirt is still there.</summary>
    Reopen = 3,

    /// <summary>Nobody came by in time: the order stays done, unverified for good.</summary>
    TooLate = 4,
}

/// <summary>A decision with its evidence.</summary>
/// <param name="Decision">What to do.</param>
/// <param name="Pass">The pass that decides, for <see cref="RecheckDecision.Verify"/> and <see cref="RecheckDecision.Reopen"/>.</param>
/// <param name="Sentence">Why, for people.</param>
public sealed record RecheckVerdict(RecheckDecision Decision, PassSummary? Pass, string Sentence)
{
    /// <summary>The event that carries this verdict out; null when there is nothing to do.</summary>
    /// <param name="eventId">Id of the event.</param>
    /// <param name="recordedAt">The server's clock.</param>
    public OrderEvent? ToEvent(string eventId, DateTimeOffset recordedAt) => Pass is null ? null : new OrderEvent
    {
        EventId = eventId,
        Kind = Decision == RecheckDecision.Verify ? OrderEventKind.Verified : OrderEventKind.Reopened,
        At = Pass.LeftAt,
        RecordedAt = recordedAt,
        Actor = OrderActor.Recheck,
        Pass = new PassReference(Pass.TruckId, Pass.EnteredAt, Pass.Grade),
        Note = Sentence,
    };
}
