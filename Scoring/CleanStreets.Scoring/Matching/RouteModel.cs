using System.Runtime.CompilerServices;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>The way from one candidate to the next: what it costs in metres, and what is driven.</summary>
internal sealed class RouteModel(StreetNetwork network)
{
    /// <summary>Back along the edge by up to this is noise of a slow truck, not driving: four standard deviations.</summary>
    private const double BackwardNoiseMetres = 20;

    private readonly StreetEdges _edges = network.Edges;
    private readonly RouteTables _tables = new(network.Edges, NetworkReach.Of(network));
    private readonly ForbiddenWays? _forbidden = NetworkReach.Of(network).WithForbidden is { } reach ? new ForbiddenWays(network.Edges, reach) : null;
    private readonly double[] _onward = NetworkReach.Of(network).Onward;

    /// <summary>How the way between two candidates begins.</summary>
    private enum Way
    {
        None,
        Along,
        Standing,
        TurnedRound,
        ThroughJunctions,
        ThroughForbidden,
    }

    /// <summary>Whether this far back along an edge is noise and not driving.</summary>
    public static bool IsNoise(double metresBack) => metresBack is > 0 and <= BackwardNoiseMetres;

    /// <summary>See <see cref="Observations.TraceObserver.Fetch"/>.</summary>
    public long Fetch() => _onward.Length;

    /// <summary>A new step begins: what was searched for one long gap is of no use for the next.</summary>
    public void Forget()
    {
        _tables.Forget();
        _forbidden?.Forget();
    }

    /// <summary>Metres from one candidate to the other, U-turns and forbidden turns priced in; infinite when there is no way within <paramref name="limit"/>.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="limit">Longest way that is looked for.</param>
    /// <param name="reach">Null at first; then the reach of <paramref name="from"/>, to be handed in again with it.</param>
    public double Cost(in MatchState from, in MatchState to, double limit, ref EdgeReach? reach) => Choose(from, to, limit, ref reach, out _).Cost;

    /// <summary>Metres that any way between two candidates has at least: no answer of <see cref="Cost"/> is below it. Cheap.</summary>
    public double AtLeast(in MatchState from, in MatchState to)
    {
        if (from.Edge == to.Edge && to.Offset >= from.Offset - BackwardNoiseMetres)
        {
            return 0;
        }

        var between = _edges.LeadsTo(from.Edge, to.Edge) ? 0 : _onward[from.Edge];
        var through = _edges.Length(from.Edge) - from.Offset + between + to.Offset;
        return to.Edge == StreetEdges.Reverse(from.Edge) ? Math.Min(through, Turned(from, to)) : through;
    }

    /// <summary>Adds what is driven from one candidate to the other.</summary>
    public void Drive(in MatchState from, in MatchState to, double limit, List<PathLeg> legs)
    {
        EdgeReach? reach = null;
        var (way, _) = Choose(from, to, limit, ref reach, out var entry);
        switch (way)
        {
            case Way.Along:
                legs.Add(new PathLeg(from.Edge, from.Offset, to.Offset));
                break;
            case Way.TurnedRound:
                TurnRound(from, to, legs);
                break;
            case Way.ThroughJunctions:
                Through(from, to, reach, entry, legs);
                break;
            case Way.ThroughForbidden:
                _forbidden!.Between(from.Edge, to.Edge, limit, out var table, out var last);
                Through(from, to, table, last, legs);
                break;
            default:
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Way Way, double Cost) Choose(in MatchState from, in MatchState to, double limit, ref EdgeReach? reach, out int entry)
    {
        entry = -1;
        if (from.Edge == to.Edge && to.Offset >= from.Offset - BackwardNoiseMetres)
        {
            return to.Offset >= from.Offset ? (Way.Along, to.Offset - from.Offset) : (Way.Standing, 0);
        }

        var best = (Way: Way.None, Cost: double.PositiveInfinity);
        if (to.Edge == StreetEdges.Reverse(from.Edge))
        {
            best = (Way.TurnedRound, Turned(from, to));
        }

        var remaining = _edges.Length(from.Edge) - from.Offset;
        if (remaining <= limit && remaining + to.Offset < best.Cost)
        {
            var between = Between(from.Edge, to.Edge, limit, ref reach, out entry);
            best = remaining + between + to.Offset is var through && through < best.Cost ? (Way.ThroughJunctions, through) : best;
        }

        if (best.Cost > limit)
        {
            best = (Way.None, double.PositiveInfinity);
        }

        return _forbidden is null ? best : OrForbidden(from, to, limit, best);
    }

    /// <summary>The way that does not heed signs, where even with its price it is better than the best that does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Networks without forbidden turns are not to carry it along.
    private (Way Way, double Cost) OrForbidden(in MatchState from, in MatchState to, double limit, (Way Way, double Cost) best)
    {
        var along = _edges.Length(from.Edge) - from.Offset + to.Offset;
        var price = ForbiddenWays.Price(limit);
        if (along > limit || along + price >= best.Cost)
        {
            return best;
        }

        var (between, turns) = _forbidden!.Between(from.Edge, to.Edge, limit, out _, out _);
        var cost = along + between + (turns * price);
        return turns > 0 && along + between <= limit && cost < best.Cost ? (Way.ThroughForbidden, cost) : best;
    }

    private double Turned(in MatchState from, in MatchState to) =>
        Math.Abs(_edges.Length(to.Edge) - to.Offset - from.Offset) + EdgeReach.UTurnMetres;

    /// <summary>Cost from the end of one edge to the beginning of another; infinite beyond the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Between(int from, int to, double limit, ref EdgeReach? reach, out int entry)
    {
        entry = -1;
        if (to != StreetEdges.Reverse(from) && _edges.LeadsTo(from, to) && !_edges.IsForbidden(from, to))
        {
            return 0; // Nothing is nearer, so no table is asked.
        }

        reach ??= _tables.From(from, limit);
        entry = reach.Find(to);

        // The limit holds for the way between the two edges: what a table knows beyond it must not change an answer.
        return entry >= 0 && reach.Cost(entry) <= limit ? reach.Cost(entry) : double.PositiveInfinity;
    }

    private void Through(in MatchState from, in MatchState to, EdgeReach? reach, int entry, List<PathLeg> legs)
    {
        legs.Add(new PathLeg(from.Edge, from.Offset, _edges.Length(from.Edge)));
        var first = legs.Count;
        for (var at = entry < 0 ? -1 : reach!.Before(entry); at >= 0; at = reach!.Before(at))
        {
            legs.Add(new PathLeg(reach!.Edge(at), 0, _edges.Length(reach.Edge(at))));
        }

        legs.Reverse(first, legs.Count - first);
        legs.Add(new PathLeg(to.Edge, 0, to.Offset));
    }

    private void TurnRound(in MatchState from, in MatchState to, List<PathLeg> legs)
    {
        var length = _edges.Length(from.Edge);
        var turnedAt = Math.Max(from.Offset, length - to.Offset);
        legs.Add(new PathLeg(from.Edge, from.Offset, turnedAt));
        legs.Add(new PathLeg(to.Edge, Math.Min(length - turnedAt, to.Offset), to.Offset)); // Rounding must not turn a leg backwards.
    }
}
