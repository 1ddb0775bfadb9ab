using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>An order as pages show it.</summary>
internal sealed record OrderView
{
    public required OrderId OrderId { get; init; }

    public required SegmentId SegmentId { get; init; }

    /// <summary>Absent when the street is not in the current network.</summary>
    public int? SegmentIndex { get; init; }

    public required string SegmentName { get; init; }

    /// <summary>Which block of the street; absent where no named street crosses it.</summary>
    public string? Block { get; init; }

    public double[]? Center { get; init; }

    public required OrderState State { get; init; }

    public required CrewId CrewId { get; init; }

    public OrderOutcome? Outcome { get; init; }

    public int TimesReopened { get; init; }

    public string? Reason { get; init; }

    public char? LetterThen { get; init; }

    public double? IndexThen { get; init; }

    public char? LetterNow { get; init; }

    public double? IndexNow { get; init; }

    /// <summary>The last thing a person wrote.</summary>
    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public TruckId? VerifiedBy { get; init; }

    /// <summary>What a done order waits for.</summary>
    public string? Waiting { get; init; }

    /// <summary>What the reader may do now.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    public static OrderView Of(WorkOrder order, OrderActor? reader, LiveBoard board)
    {
        var streets = board.Current;
        var segment = streets?.Map.Find(order.SegmentId);
        var score = segment is null ? null : streets!.Score(segment.Index);
        var verified = order.State == OrderState.Verified ? order.History[^1] : null;
        return new OrderView
        {
            OrderId = order.Id,
            SegmentId = order.SegmentId,
            SegmentIndex = segment?.Index,
            SegmentName = order.StreetName ?? segment?.Label ?? $"Segment {order.SegmentId}",
            Block = segment?.Block,
            Center = segment?.Center,
            State = order.State,
            CrewId = order.Crew,
            Outcome = order.Outcome,
            TimesReopened = order.TimesReopened,
            Reason = order.Reason,
            LetterThen = order.Grade?.Letter(),
            IndexThen = order.Index,
            LetterNow = score?.Grade?.Letter(),
            IndexNow = score?.Index,
            Note = order.History.Skip(1).LastOrDefault(step => step.Note is not null && step.Actor.Role != OrderRole.Recheck)?.Note,
            CreatedAt = order.OpenedAt,
            CreatedBy = order.History[0].Actor.Name,
            ChangedAt = order.ChangedAt,
            DoneAt = order.EndedAt,
            VerifiedAt = verified?.EffectiveAt,
            VerifiedBy = verified?.Pass?.TruckId,
            Waiting = order.State == OrderState.Done ? "Waiting for another vehicle to pass and see the street clean." : null,
            Actions = reader is null ? [] : OrderActions.Of(order, reader),
        };
    }
}
