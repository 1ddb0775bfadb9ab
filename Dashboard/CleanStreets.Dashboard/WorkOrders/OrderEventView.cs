using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>One step of an order's history as pages show it, with a sentence.</summary>
internal sealed record OrderEventView(
    string EventId, OrderEventKind Kind, DateTimeOffset At, DateTimeOffset RecordedAt, string By, OrderOutcome? Outcome, string? Note, string Text)
{
    public static OrderEventView Of(OrderEvent step) => new(
        step.EventId, step.Kind, step.EffectiveAt, step.RecordedAt, step.Actor.Name, step.Outcome, step.Note, Sentence(step));

    private static string Sentence(OrderEvent step) => step.Kind switch
    {
        OrderEventKind.Opened => $"Opened for {step.Crew} by {step.Actor.Name}.",
        OrderEventKind.Assigned => $"Given to {step.Crew} by {step.Actor.Name}.",
        OrderEventKind.Accepted => $"Accepted by {step.Actor.Name}.",
        OrderEventKind.Started => $"Work begun by {step.Actor.Name}.",
        OrderEventKind.Ended => $"Ended by {step.Actor.Name}: {OutcomeWords(step.Outcome)}.",
        OrderEventKind.Verified => $"Verified: {step.Pass?.TruckId} saw the street clean.",
        OrderEventKind.Reopened when step.Pass is { } pass => $"Reopened: {pass.TruckId} still saw dirt.",
        OrderEventKind.Reopened => $"Reopened by {step.Actor.Name}.",
        OrderEventKind.Cancelled => $"Cancelled by {step.Actor.Name}.",
        _ => step.Kind.ToString(),
    };

    private static string OutcomeWords(OrderOutcome? outcome) => outcome switch
    {
        OrderOutcome.Collected => "collected",
        OrderOutcome.GoneOnArrival => "gone on arrival",
        OrderOutcome.Blocked => "blocked",
        OrderOutcome.NoAccess => "no access",
        OrderOutcome.Unsafe => "unsafe",
        OrderOutcome.Referred => "referred to another department",
        _ => "without an outcome",
    };
}
