namespace CleanStreets.WorkOrders;

/// <summary>What became of an event.</summary>
/// <param name="Order">The order afterwards; the same as before when refused or repeated.</param>
/// <param name="Refusal">Why it was refused; <see cref="OrderRefusal.None"/> when it was not.</param>
/// <param name="Repeated">The event had been applied before: success, and nothing to do.</param>
public readonly record struct OrderChange(WorkOrder Order, OrderRefusal Refusal, bool Repeated)
{
    /// <summary>Whether the event now stands in the history.</summary>
    public bool Succeeded => Refusal == OrderRefusal.None;

    /// <summary>The outcome in a sentence.</summary>
    public string Message => Repeated ? "Taken before." : Refusal.Message();
}
