using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Looks for done orders whose street was seen again, and asks ingest for the passes that saw it.</summary>
/// <remarks>Used by the desk alone. After a restart every done order is looked at once more.</remarks>
internal sealed class Rechecks(ReadApiClient readApi, LiveBoard board, Func<DeskRequest, ValueTask> post)
{
    private const int MaxAsking = 8;
    private const int MaxPasses = 100;

    // The score is published before its pass is in the store, usually by less than a second: asked again for about a minute.
    private const int MaxTries = 30;

    private readonly RecheckPolicy _policy = new(new RecheckOptions());
    private readonly Dictionary<OrderId, DateTimeOffset> _checkedThrough = [];
    private readonly Dictionary<OrderId, int> _tries = [];
    private readonly HashSet<OrderId> _asking = [];

    public void Look(OrderBook book, DateTimeOffset now)
    {
        foreach (var order in book.All)
        {
            if (order is { State: OrderState.Done, EndedAt: { } endedAt } && SeenAt(order.SegmentId) is { } seenAt && seenAt > endedAt
                && seenAt > _checkedThrough.GetValueOrDefault(order.Id) && _asking.Count < MaxAsking && _asking.Add(order.Id))
            {
                _ = AskAsync(order, endedAt, seenAt);
            }
        }
    }

    /// <summary>What the passes say; null while nothing can be said.</summary>
    public RecheckVerdict? Decide(DeskRequest.PassesKnown known, WorkOrder order, DateTimeOffset now)
    {
        _asking.Remove(order.Id);
        if (known.Passes is not { } passes)
        {
            return null;
        }

        // Crews have no vehicles of their own among the trucks yet: whose pass raised the order is excluded by the policy.
        var verdict = _policy.Decide(order, [], passes, now);
        var isComplete = passes.Any(pass => pass.LeftAt.AddSeconds(1) >= known.NewestObservationAt);
        if (verdict.Decision is not (RecheckDecision.Wait or RecheckDecision.NothingToCheck) || isComplete || CountTry(order.Id) >= MaxTries)
        {
            _checkedThrough[order.Id] = known.NewestObservationAt;
            _tries.Remove(order.Id);
        }

        return verdict;
    }

    private int CountTry(OrderId order) => _tries[order] = _tries.GetValueOrDefault(order) + 1;

    private DateTimeOffset? SeenAt(SegmentId segment) =>
        board.Current is { } streets && streets.Map.Find(segment) is { } found ? streets.Score(found.Index)?.NewestObservationAt : null;

    private async Task AskAsync(WorkOrder order, DateTimeOffset endedAt, DateTimeOffset seenAt)
    {
        Answer<IReadOnlyList<PassSummary>> passes = default;
        try
        {
            // A little earlier than needed: what counts is the policy's decision.
            passes = await readApi.PassesAsync(order.SegmentId, endedAt.AddMinutes(-5), MaxPasses, CancellationToken.None);
        }
        finally
        {
            await post(new DeskRequest.PassesKnown(order.Id, seenAt, passes.Value)); // Whatever happened: it makes room for the next question.
        }
    }
}
