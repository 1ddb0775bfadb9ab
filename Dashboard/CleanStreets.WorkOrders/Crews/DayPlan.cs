using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>An order to be opened: the caller gives it an id and opens it.</summary>
/// <param name="Candidate">The street.</param>
/// <param name="Crew">Who shall clean it.</param>
public sealed record PlannedOrder(Candidate Candidate, CrewId Crew);

/// <summary>A crew's day.</summary>
/// <param name="Crew">The crew.</param>
/// <param name="Used">Orders that count against today: live ones, whenever opened, and those ended today.</param>
/// <param name="Capacity">Most orders today.</param>
/// <param name="Live">Of <paramref name="Used"/>, those the crew still has work with.</param>
/// <param name="AtOnce">Most live orders at a time.</param>
public sealed record CrewLoad(CrewId Crew, int Used, int Capacity, int Live, int AtOnce)
{
    /// <summary>Orders that may be opened now.</summary>
    public int Room => Math.Max(0, Math.Min(Capacity - Used, AtOnce - Live));
}

/// <summary>Makes orders from the top of the candidates, up to what the crews can do today and never more.</summary>
/// <remarks>
/// Candidates are taken in rank order. Each goes to the crew with room for which (kilometres to its work) + balance × (share of its day used)
/// is least; equal ones by crew id. A crew's work is the middle of its placed orders in this plan, or its base while it has none.
/// Cancelled orders give their room back; ended ones do not, or a crew that is quick would be flooded. Only a few orders are open at once:
/// what trucks see meanwhile may be worth more than the rest of this morning's list.
/// </remarks>
/// <param name="options">Capacity and balance.</param>
public sealed class DayPlan(DayPlanOptions options)
{
    /// <summary>The orders to open now; empty when the day is full.</summary>
    /// <param name="ranked">Candidates, the most worthwhile first.</param>
    /// <param name="crews">Crews at work today.</param>
    /// <param name="orders">Every live order and every one that ended today.</param>
    /// <param name="dayStart">When today began, by the city's clock.</param>
    public IReadOnlyList<PlannedOrder> Make(
        IReadOnlyList<Candidate> ranked, IReadOnlyList<Crew> crews, IEnumerable<WorkOrder> orders, DateTimeOffset dayStart)
    {
        var desks = Loads(crews, orders, dayStart).Zip(crews, (load, crew) => new Desk(load, crew.Base)).ToList();
        var planned = new List<PlannedOrder>();
        foreach (var candidate in ranked)
        {
            var desk = desks.Where(d => d.HasRoom)
                .OrderBy(d => d.Cost(candidate.Street.Middle, options.BalanceKilometres))
                .ThenBy(d => d.Crew.Value, StringComparer.Ordinal)
                .FirstOrDefault();
            if (desk is null)
            {
                break;
            }

            desk.Take(candidate.Street.Middle);
            planned.Add(new PlannedOrder(candidate, desk.Crew));
        }

        return planned;
    }

    /// <summary>How full each crew's day is, in the order of <paramref name="crews"/>.</summary>
    public IReadOnlyList<CrewLoad> Loads(IReadOnlyList<Crew> crews, IEnumerable<WorkOrder> orders, DateTimeOffset dayStart)
    {
        var today = orders.Where(o => CountsAgainst(o, dayStart)).ToLookup(o => o.Crew);
        return
        [
            .. crews.Select(c => new CrewLoad(
                c.Id, today[c.Id].Count(), c.OrdersPerDay ?? options.OrdersPerCrewAndDay, today[c.Id].Count(o => o.IsLive), options.LiveOrdersPerCrew)),
        ];
    }

    private static bool CountsAgainst(WorkOrder order, DateTimeOffset dayStart) =>
        order.IsLive || (order.State != OrderState.Cancelled && order.EndedAt >= dayStart);

    /// <summary>One crew while the plan is being made.</summary>
    private sealed class Desk(CrewLoad load, Place? home)
    {
        private int _taken;
        private int _placed;
        private double _latitudes;
        private double _longitudes;

        public CrewId Crew => load.Crew;

        public bool HasRoom => _taken < load.Room;

        public double Cost(Place? street, double balanceKilometres)
        {
            var distance = street is { } there && Where() is { } here ? here.KilometresTo(there) : 0;
            return distance + (balanceKilometres * (load.Used + _taken) / load.Capacity);
        }

        public void Take(Place? street)
        {
            _taken++;
            if (street is { } there)
            {
                _placed++;
                _latitudes += there.Latitude;
                _longitudes += there.Longitude;
            }
        }

        private Place? Where() => _placed == 0 ? home : new Place(_latitudes / _placed, _longitudes / _placed);
    }
}
