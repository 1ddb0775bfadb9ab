namespace CleanStreets.Scoring.Streets;

/// <summary>Shortest drivable paths: one-ways are kept, U-turns happen at dead ends or at a price, forbidden turns at a high one.</summary>
/// <remarks>
/// An A* search over directed edges. Equal distances are decided by the lower edge, so the same question has the same answer
/// everywhere. Not thread-safe: an instance owns the memory of its search, so make one for each loop.
/// </remarks>
/// <param name="network">The streets.</param>
public sealed class StreetRouter(StreetNetwork network)
{
    /// <summary>What a U-turn costs at a junction or between two: 200 m, about two blocks around instead.</summary>
    public const double UTurnMetres = 200;

    /// <summary>What a forbidden turn costs: 2 km. A price and not a wall, so that a street which signs shut in by mistake can still be reached.</summary>
    public const double ForbiddenTurnMetres = 2000;

    private const int Start = -1;

    private readonly StreetEdges _edges = network.Edges;
    private readonly double[] _cost = new double[network.Edges.Count];
    private readonly int[] _before = new int[network.Edges.Count];
    private readonly int[] _seenIn = new int[network.Edges.Count];
    private readonly PriorityQueue<int, (double Cost, int Edge)> _open = new();
    private int _search;

    /// <summary>The shortest way between two places; null when there is none.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="to">Where to end.</param>
    /// <param name="startForward">The way the vehicle faces at the beginning; null when it may leave either way.</param>
    /// <param name="endForward">The way it must drive the last segment; null for either.</param>
    public StreetRoute? Find(StreetPosition from, StreetPosition to, bool? startForward = null, bool? endForward = null)
    {
        var best = (Route: default(StreetRoute), Cost: double.MaxValue);
        foreach (var first in EdgesOf(from, startForward))
        {
            foreach (var last in EdgesOf(to, endForward))
            {
                var route = Find(first, _edges.Turn(first, from.OffsetMetres), last, _edges.Turn(last, to.OffsetMetres));
                best = route.Cost < best.Cost ? route : best;
            }
        }

        return best.Route;
    }

    private IEnumerable<int> EdgesOf(StreetPosition position, bool? forward)
    {
        for (var way = 0; way < 2; way++)
        {
            var edge = StreetEdges.Of(position.SegmentIndex, way == 0);
            if (_edges.IsDrivable(edge) && (forward is null || forward == (way == 0)))
            {
                yield return edge;
            }
        }
    }

    /// <summary>The way from one edge to another and what it costs: its length and its U-turns.</summary>
    private (StreetRoute? Route, double Cost) Find(int first, double from, int last, double to)
    {
        if (first == last && from <= to)
        {
            return (new StreetRoute([Leg(first, from, to)], to - from), to - from);
        }

        if (!Search(first, last))
        {
            return (null, double.MaxValue);
        }

        var legs = new List<RouteLeg> { Leg(last, 0, to) };
        for (var edge = _before[last]; edge != Start; edge = _before[edge])
        {
            legs.Add(Leg(edge, 0, _edges.Length(edge)));
        }

        legs.Add(Leg(first, from, _edges.Length(first)));
        legs.Reverse();
        return (new StreetRoute(legs, legs.Sum(leg => leg.LengthMetres)), _edges.Length(first) - from + _cost[last] + to);
    }

    private RouteLeg Leg(int edge, double from, double to) =>
        new(StreetEdges.SegmentOf(edge), StreetEdges.IsForward(edge), _edges.Turn(edge, from), _edges.Turn(edge, to));

    /// <summary>Settles edges by the cost to their beginning until <paramref name="last"/> is reached.</summary>
    private bool Search(int first, int last)
    {
        _search++;
        _open.Clear();
        var goal = PlaceOf(last);
        Expand(first, Start, 0, goal);
        while (_open.TryDequeue(out var edge, out var priority))
        {
            if (edge == last)
            {
                return true;
            }

            var cost = _cost[edge];
            if (priority.Cost <= cost + Estimate(edge, goal))
            {
                Expand(edge, edge, cost + _edges.Length(edge), goal);
            }
        }

        return false;
    }

    private void Expand(int from, int before, double cost, PlanePoint goal)
    {
        foreach (var next in _edges.From(_edges.EndNode(from)))
        {
            var total = cost + _edges.TurnCost(from, next, UTurnMetres) + (_edges.IsForbidden(from, next) ? ForbiddenTurnMetres : 0);
            if (_seenIn[next] != _search || total < _cost[next])
            {
                (_seenIn[next], _cost[next], _before[next]) = (_search, total, before);
                _open.Enqueue(next, (total + Estimate(next, goal), next));
            }
        }
    }

    /// <summary>Straight distance from the beginning of an edge: never more than the way along streets.</summary>
    private double Estimate(int edge, PlanePoint goal)
    {
        var place = PlaceOf(edge);
        return Math.Sqrt(((place.X - goal.X) * (place.X - goal.X)) + ((place.Y - goal.Y) * (place.Y - goal.Y)));
    }

    private PlanePoint PlaceOf(int edge)
    {
        var segment = StreetEdges.SegmentOf(edge);
        return network.Shapes.PointAt(segment, _edges.Turn(edge, 0), out _);
    }
}
