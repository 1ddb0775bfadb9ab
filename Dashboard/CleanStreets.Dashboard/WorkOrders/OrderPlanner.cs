using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Finds the streets worth an order and, while the day has room, asks ingest which truck saw them dirty.</summary>
/// <remarks>Used by the desk alone. An order is not opened before ingest has named the truck: that truck must not verify it later.</remarks>
internal sealed class OrderPlanner(ReadApiClient readApi, LiveBoard board, Func<DeskRequest, ValueTask> post)
{
    private const int PassesToAsk = 20;

    private readonly CandidateRanking _ranking = new(new CandidateOptions());
    private readonly DayPlan _plan = new(new DayPlanOptions());
    private bool _isAsking;

    public IReadOnlyList<Candidate> Rank(OrderBook book, DateTimeOffset now) =>
        board.Current is { } streets ? _ranking.Rank(Streets(streets), book.All, now) : [];

    public IReadOnlyList<CrewLoad> Loads(IReadOnlyList<Crew> crews, OrderBook book, DateTimeOffset dayStart) => _plan.Loads(crews, book.All, dayStart);

    /// <summary>Begins to open what the day has room for; the answer comes as <see cref="DeskRequest.PlanReady"/>.</summary>
    public void Look(DeskView view, DateTimeOffset dayStart)
    {
        if (_isAsking)
        {
            return;
        }

        var planned = _plan.Make(view.Candidates, view.Crews, view.Book.All, dayStart);
        if (planned.Count > 0)
        {
            _isAsking = true;
            _ = AskAsync(planned);
        }
    }

    /// <summary>The orders to open now, checked again against what has happened meanwhile.</summary>
    public IReadOnlyList<OrderOpening> Openings(DeskRequest.PlanReady ready, DeskView view, DateTimeOffset now)
    {
        _isAsking = false;
        var room = view.Loads.ToDictionary(load => load.Crew, load => load.Room);
        var openings = new List<OrderOpening>();
        foreach (var (planned, passes) in ready.Orders)
        {
            if (passes is not null && view.Book.LiveOn(planned.Candidate.SegmentId) is null && room.GetValueOrDefault(planned.Crew) > 0)
            {
                room[planned.Crew]--;
                openings.Add(Opening(planned, passes, now));
            }
        }

        return openings;
    }

    private static OrderOpening Opening(PlannedOrder planned, IReadOnlyList<PassSummary> passes, DateTimeOffset now)
    {
        var candidate = planned.Candidate;
        return new OrderOpening
        {
            Id = default,
            EventId = string.Empty,
            SegmentId = candidate.SegmentId,
            Crew = planned.Crew,
            At = now,
            Actor = OrderActor.Planner,
            StreetName = candidate.Street.Name,
            Grade = candidate.Street.Score.Grade,
            Index = candidate.Street.Score.Index,
            Benefit = candidate.Benefit,
            Reason = candidate.Reason,
            RaisedBy = RecheckPolicy.RaisingTruck(passes),
        };
    }

    private static IEnumerable<RankedStreet> Streets(LiveBoard.Streets streets)
    {
        foreach (var segment in streets.Map.Segments)
        {
            if (streets.Score(segment.Index) is { } score)
            {
                yield return new RankedStreet(score, segment.Street.LengthMetres, segment.Label, new Place(segment.Center[1], segment.Center[0]));
            }
        }
    }

    private async Task AskAsync(IReadOnlyList<PlannedOrder> planned)
    {
        var orders = new List<(PlannedOrder, IReadOnlyList<PassSummary>?)>();
        try
        {
            foreach (var order in planned)
            {
                var passes = await readApi.PassesAsync(order.Candidate.SegmentId, null, PassesToAsk, CancellationToken.None);
                orders.Add((order, passes.Value));
                if (passes.Value is null)
                {
                    break; // Ingest is away: the rest would wait in vain as well.
                }
            }
        }
        finally
        {
            await post(new DeskRequest.PlanReady(orders)); // Whatever happened: without it nothing would ever be planned again.
        }
    }
}
