using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Turns decided candidates into what a sink hears: what was driven, and where each fix lies on it.</summary>
internal sealed class PathTeller(StreetNetwork network, Ring<TraceFix> fixes)
{
    private readonly List<PathLeg> _legs = [];
    private int _leg;
    private double _at;
    private long _atMs;

    /// <summary>Time of the last place told: all that is kept from one anchor to the next.</summary>
    public long AtMs
    {
        get => _atMs;
        set => _atMs = value;
    }

    /// <summary>The legs from the last told candidate to the next; the caller fills them before <see cref="Reach{TSink}"/>.</summary>
    public List<PathLeg> Legs => _legs;

    /// <summary>Tells the fixes up to the next anchor, and the anchor itself at <paramref name="state"/>.</summary>
    public void Reach<TSink>(in MatchState state, ref TSink sink)
        where TSink : IMatchSink
    {
        (_leg, _at) = (0, _legs.Count > 0 ? _legs[0].From : state.Offset);
        while (true)
        {
            var fix = fixes.Take();
            switch (fix.Role)
            {
                case FixRole.Unplaced:
                    sink.Unplaced();
                    break;
                case FixRole.Attached:
                    Attach(fix, state, ref sink);
                    break;
                default:
                    MoveTo(_legs.Count - 1, state.Offset, fix.TimeMs, ref sink);
                    sink.Placed(state.Edge, state.Offset, fix.TimeMs);
                    _legs.Clear();
                    return;
            }
        }
    }

    /// <summary>Tells every fix that is left, placing those near the last anchor at it.</summary>
    public void Rest<TSink>(in MatchState last, ref TSink sink)
        where TSink : IMatchSink
    {
        while (fixes.Count > 0)
        {
            var fix = fixes.Take();
            if (fix.Role == FixRole.Unplaced)
            {
                sink.Unplaced();
            }
            else
            {
                sink.Placed(last.Edge, last.Offset, fix.TimeMs);
                _atMs = fix.TimeMs;
            }
        }
    }

    private void Attach<TSink>(in TraceFix fix, in MatchState state, ref TSink sink)
        where TSink : IMatchSink
    {
        if (_legs.Count == 0)
        {
            sink.Placed(state.Edge, state.Offset, fix.TimeMs);
            _atMs = fix.TimeMs;
            return;
        }

        var (leg, offset) = NearestAhead(fix);
        MoveTo(leg, offset, fix.TimeMs, ref sink);
        sink.Placed(_legs[leg].Edge, offset, fix.TimeMs);
    }

    /// <summary>The place on the way still ahead that is nearest to a fix.</summary>
    private (int Leg, double Offset) NearestAhead(in TraceFix fix)
    {
        var (best, bestLeg, bestOffset) = (double.MaxValue, _leg, _at);
        for (var leg = _leg; leg < _legs.Count; leg++)
        {
            var (edge, from, to) = _legs[leg];
            from = Math.Min(leg == _leg ? _at : from, to);
            double one = network.Edges.Turn(edge, from), other = network.Edges.Turn(edge, to);
            var nearest = network.Shapes.NearestOffset(
                StreetEdges.SegmentOf(edge), Math.Min(one, other), Math.Max(one, other), fix.X, fix.Y, out var squared);
            if (squared < best)
            {
                (best, bestLeg, bestOffset) = (squared, leg, Math.Clamp(network.Edges.Turn(edge, nearest), from, to));
            }
        }

        return (bestLeg, bestOffset);
    }

    /// <summary>Tells what is driven from the present place to one ahead, with times in proportion to length.</summary>
    private void MoveTo<TSink>(int leg, double offset, long timeMs, ref TSink sink)
        where TSink : IMatchSink
    {
        if (leg >= 0)
        {
            var (total, driven, startMs, enteredMs) = (Distance(leg, offset), 0.0, _atMs, _atMs);
            for (; _leg < leg; _leg++, _at = _legs[_leg].From)
            {
                Drive(_legs[_leg].To, ref sink);
            }

            Drive(offset, ref sink);

            void Drive(double to, ref TSink sink)
            {
                driven += to - _at;
                var leftMs = total <= 0 ? timeMs : startMs + (long)Math.Round((timeMs - startMs) * Math.Min(1, driven / total));
                sink.Drove(new Travel(_legs[_leg].Edge, _at, to, enteredMs, leftMs));
                (_at, enteredMs) = (to, leftMs);
            }
        }

        _atMs = timeMs;
    }

    private double Distance(int leg, double offset)
    {
        if (leg == _leg)
        {
            return offset - _at;
        }

        var total = _legs[_leg].To - _at;
        for (var between = _leg + 1; between < leg; between++)
        {
            total += _legs[between].To - _legs[between].From;
        }

        return total + offset - _legs[leg].From;
    }
}
