using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>Decides from later passes whether a street that a crew calls clean is clean.</summary>
/// <remarks>
/// Passes are weighed in the order in which they entered; the first that decides wins. A pass decides only when it entered after the ending
/// plus a margin, drove enough of the street and saw enough for a grade. A clean one by another vehicle verifies: not one of the crew's own,
/// and not the truck that raised the order unless a setting allows it. One that is no better than the grade that raised the order reopens it
/// if it comes soon enough, whichever vehicle it is: nobody gains by reporting dirt that is not there. Anything between is waited out.
/// </remarks>
/// <param name="options">When a pass is believed.</param>
public sealed class RecheckPolicy(RecheckOptions options)
{
    /// <summary>What <paramref name="passes"/> of its street say about <paramref name="order"/>.</summary>
    /// <param name="order">The order.</param>
    /// <param name="crewVehicles">Vehicles of the crew that did it.</param>
    /// <param name="passes">Passes of the order's segment in any order; earlier ones do no harm.</param>
    /// <param name="now">Against which waiting is reckoned.</param>
    public RecheckVerdict Decide(WorkOrder order, IReadOnlyCollection<TruckId> crewVehicles, IEnumerable<PassSummary> passes, DateTimeOffset now)
    {
        if (order.State != OrderState.Done || order.EndedAt is not { } endedAt)
        {
            return new(RecheckDecision.NothingToCheck, null, "Only an order that the crew calls done is checked by later passes.");
        }

        foreach (var pass in passes.OrderBy(p => p.EnteredAt).ThenBy(p => p.TruckId.Value, StringComparer.Ordinal))
        {
            var after = pass.EnteredAt - endedAt;
            if (after <= options.Margin || after > options.VerifyWithin || pass.Coverage < options.MinimumCoverage || pass.Grade is not { } grade)
            {
                continue;
            }

            if (grade <= options.CleanUpTo && MayVerify(order, crewVehicles, pass.TruckId))
            {
                return new(RecheckDecision.Verify, pass, $"{pass.TruckId} saw the street clean (grade {grade.Name()}) {Ago(after)} after the crew ended.");
            }

            if (after <= options.ReopenWithin && IsSameDirt(order, grade))
            {
                return new(RecheckDecision.Reopen, pass, $"{pass.TruckId} still saw grade {grade.Name()} {Ago(after)} after the crew ended.");
            }
        }

        return now - endedAt > options.VerifyWithin
            ? new(RecheckDecision.TooLate, null, $"No other vehicle came by within {Ago(options.VerifyWithin)}: done, but never verified.")
            : new(RecheckDecision.Wait, null, "Waiting for another vehicle to pass.");
    }

    /// <summary>The truck that raises an order: of the newest pass that saw the street dirty; null when no single pass did.</summary>
    /// <param name="passes">The passes behind the score.</param>
    /// <param name="dirtyFrom">First grade that counts as dirty.</param>
    public static TruckId? RaisingTruck(IEnumerable<PassSummary> passes, Grade dirtyFrom = Grade.C) =>
        passes.Where(p => p.Grade >= dirtyFrom).MaxBy(p => p.EnteredAt)?.TruckId;

    private bool MayVerify(WorkOrder order, IReadOnlyCollection<TruckId> crewVehicles, TruckId truck) =>
        !crewVehicles.Contains(truck) && (options.RaisingTruckVerifies || order.RaisedBy != truck);

    // An order without a grade was opened by hand: whatever is not clean was its reason.
    private bool IsSameDirt(WorkOrder order, Grade seen) => seen > options.CleanUpTo && seen >= (order.Grade ?? options.CleanUpTo + 1);

    private static string Ago(TimeSpan span) =>
        span.TotalMinutes < 90 ? $"{span.TotalMinutes:0} min" : span.TotalHours < 48 ? $"{span.TotalHours:0} h" : $"{span.TotalDays:0} days";
}
