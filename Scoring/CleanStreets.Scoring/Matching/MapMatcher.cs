using System.Runtime.CompilerServices;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Places one trace on the street network while it is driven.</summary>
/// <remarks>
/// An online hidden Markov model: candidates of each deciding fix, weighed by how far the fix lies from them and how far the way
/// between two of them differs from the straight line. What it tells depends only on the fixes and their order.
/// One loop owns an instance; the tables of the network are shared by all.
/// </remarks>
internal sealed partial class MapMatcher
{
    /// <summary>A truck that stands longer than this many fixes has its decision told, so that memory stays bounded.</summary>
    private const int MostWaiting = 256;

    /// <summary>Streets less likely than the nearest one by e⁻¹⁵ (50 m farther off at 5 m σ) are looked at only when no other can be reached.</summary>
    private const double UsualDepth = 15;

    /// <summary>Times are often whole seconds: two fixes may lie this much farther apart in time than they say.</summary>
    private const long ClockGrainMs = 2000;

    /// <summary>Metres: ways so nearly as good as the best are looked for, so that rounding leaves none out.</summary>
    private const double Rounding = 1e-3;

    private readonly MatchingOptions _options;
    private readonly StreetNetwork _network;
    private readonly CandidateModel _candidates;
    private readonly RouteModel _routes;
    private readonly MatchLattice _lattice;
    private readonly PathTeller _teller;
    private readonly Ring<TraceFix> _fixes = new();
    private readonly MatchState[] _decided;
    private readonly double[] _limits;
    private MatchState _told;
    private bool _hasTold;
    private TraceFix _anchor;
    private StandingPlace _standing;
    private long _lastMs;
    private int _outliers;
    private long _decidedColumns;
    private long _addedColumns;

    public MapMatcher(StreetNetwork network, MatchingOptions options)
    {
        (_network, _options) = (network, options);
        _candidates = new CandidateModel(network, options);
        _routes = new RouteModel(network);
        _lattice = new MatchLattice(options.Lag + 1, Math.Min(32, options.MaximumCandidates) * 2);
        _teller = new PathTeller(network, _fixes);
        _decided = new MatchState[options.Lag + 1];
        _limits = new double[options.Lag + 2];
    }

    /// <summary>Adds the next fix of the trace; what has become certain by it is told to the sink.</summary>
    /// <param name="timeMs">Time of the fix. A fix older than the one before it is left unplaced.</param>
    /// <param name="place">Where; a place that is not a number is left unplaced.</param>
    /// <param name="accuracyMetres">Radius of error; NaN when unknown.</param>
    /// <param name="headingDegrees">Course over ground; NaN when unknown.</param>
    /// <param name="speed">Metres a second; NaN when unknown.</param>
    /// <param name="sink">Hears what was decided.</param>
    public void Add<TSink>(
        long timeMs, GeoPoint place, double accuracyMetres, double headingDegrees, double speed, ref TSink sink)
        where TSink : IMatchSink
    {
        var plane = _network.Projection.ToPlane(place);
        var fix = new TraceFix { TimeMs = timeMs, X = plane.X, Y = plane.Y };
        if (!_lattice.IsEmpty && Math.Abs(timeMs - _lastMs) > _options.MaximumGap.TotalMilliseconds)
        {
            Break(ref sink);
        }

        var usable = double.IsFinite(fix.X) && double.IsFinite(fix.Y) && (_lattice.IsEmpty || timeMs >= _lastMs);
        if (!usable)
        {
            Wait(fix, FixRole.Unplaced, ref sink);
            return;
        }

        var sigma = _candidates.Sigma(accuracyMetres);
        if (IsNearAnchor(fix, sigma))
        {
            (_lastMs, _outliers) = (timeMs, 0);
            _standing.Add(fix);
            Wait(fix, FixRole.Attached, ref sink);
        }
        else if (TryExtend(fix, sigma, headingDegrees, speed))
        {
            (_lastMs, _outliers) = (timeMs, 0);
            BeginAt(fix);
            Wait(fix, FixRole.Anchor, ref sink);
            Tell(_lattice.Decide(_decided), ref sink);
        }
        else
        {
            Outlier(fix, sigma, headingDegrees, speed, ref sink);
        }
    }

    /// <summary>Ends the trace: decides and tells everything that is still open. What comes next begins anew.</summary>
    public void Break<TSink>(ref TSink sink)
        where TSink : IMatchSink
    {
        TellAll(ref sink);
        _lattice.Clear();
        (_hasTold, _outliers, _decidedColumns, _addedColumns) = (false, 0, 0, 0);
        sink.Broke();
    }

    /// <summary>See <see cref="Observations.TraceObserver.Fetch"/>.</summary>
    public long Fetch(int step) => step switch
    {
        0 => _lastMs + _told.Edge + _anchor.TimeMs,
        1 => _lattice.Fetch() + _fixes.Fetch() + _teller.AtMs + _decided.Length + _limits.Length + _routes.Fetch(),
        _ => _lattice.FetchColumns() + _fixes.FetchEnds(),
    };

    private bool IsNearAnchor(in TraceFix fix, double sigma) =>
        !_lattice.IsEmpty && _standing.IsHere(fix, Math.Max(_options.AnchorSpacingMetres, 2 * sigma), 4 * sigma);

    private void BeginAt(in TraceFix anchor)
    {
        _anchor = anchor;
        _standing = default;
        _standing.Add(anchor);
    }

    /// <summary>A fix that no way leads to is left out; when too many follow each other, the trace begins anew at the last of them.</summary>
    private void Outlier<TSink>(in TraceFix fix, double sigma, double headingDegrees, double speed, ref TSink sink)
        where TSink : IMatchSink
    {
        if (_lattice.IsEmpty || ++_outliers <= _options.MaximumOutliers)
        {
            Wait(fix, FixRole.Unplaced, ref sink);
            return;
        }

        Break(ref sink);
        var begins = TryExtend(fix, sigma, headingDegrees, speed);
        if (begins)
        {
            _lastMs = fix.TimeMs;
            BeginAt(fix);
        }

        Wait(fix, begins ? FixRole.Anchor : FixRole.Unplaced, ref sink);
    }

    private void Wait<TSink>(TraceFix fix, FixRole role, ref TSink sink)
        where TSink : IMatchSink
    {
        if (role == FixRole.Unplaced && _lattice.IsEmpty)
        {
            sink.Unplaced();
            return;
        }

        fix.Role = role;
        _fixes.Add(fix);
        if (_fixes.Count >= MostWaiting)
        {
            TellAll(ref sink);
        }
    }

    /// <summary>Adds a column of candidates that can be reached, first of the streets near by, then of all; false when there is none.</summary>
    private bool TryExtend(in TraceFix fix, double sigma, double headingDegrees, double speed) =>
        TryExtend(fix, sigma, headingDegrees, speed, UsualDepth) || TryExtend(fix, sigma, headingDegrees, speed, double.PositiveInfinity);

    private bool TryExtend(in TraceFix fix, double sigma, double headingDegrees, double speed, double depth)
    {
        var room = _lattice.Room;
        var found = _candidates.Find(fix, sigma, headingDegrees, speed, depth, room);
        if (found == 0)
        {
            return false;
        }

        if (_lattice.IsEmpty)
        {
            for (var i = 0; i < found; i++)
            {
                room[i].Parent = -1;
            }
        }
        else
        {
            var straight = Math.Sqrt(SquaredDistance(fix, _anchor));
            var limit = Limit(straight, fix.TimeMs - _anchor.TimeMs);
            _routes.Forget();
            found = Reachable(room, found, straight, limit);
            if (found == 0)
            {
                return false;
            }

            _limits[_addedColumns % _limits.Length] = limit;
        }

        _lattice.Add(found);
        _addedColumns++;
        return true;
    }

    /// <summary>Longest way that is looked for: room for a detour round blocks, but no faster than anybody drives.</summary>
    private double Limit(double straight, long elapsedMs) =>
        Math.Min(
            Math.Min((1.5 * straight) + 300, _options.MaximumRouteMetres),
            (_options.MaximumMetresPerSecond * (elapsedMs + ClockGrainMs) / 1000.0));

    /// <summary>Keeps the candidates that some candidate of the newest column leads to, each with its best way.</summary>
    [SkipLocalsInit]
    private int Reachable(Span<MatchState> states, int found, double straight, double limit)
    {
        var newest = _lattice.Newest;
        Span<double> best = stackalloc double[found];
        Span<int> parents = stackalloc int[found];
        Choose(newest, states[..found], straight, limit, best, parents);
        var kept = 0;
        for (var i = 0; i < found; i++)
        {
            if (parents[i] >= 0)
            {
                ref var state = ref states[kept++];
                state = states[i];
                state.Parent = parents[i];
                state.Score += best[i];

                // A little way back is noise; the truck is where it was, so that many such steps never add up to driving backwards.
                ref readonly var before = ref newest[parents[i]];
                state.Offset = before.Edge == state.Edge && RouteModel.IsNoise(before.Offset - state.Offset) ? before.Offset : state.Offset;
            }
        }

        return kept;
    }

    /// <summary>
    /// Finds from which candidate of the newest column each next one is best reached; of equal ones, the first. One that is going to be given
    /// up as hopeless may be left without, or with one that is not the best.
    /// </summary>
    [SkipLocalsInit]
    private void Choose(
        ReadOnlySpan<MatchState> newest, ReadOnlySpan<MatchState> next, double straight, double limit, Span<double> best, Span<int> parents)
    {
        best.Fill(double.NegativeInfinity);
        parents.Fill(-1);
        Span<int> order = stackalloc int[newest.Length];
        ByScore(newest, order);
        var likeliest = double.NegativeInfinity;
        foreach (var j in order)
        {
            ref readonly var from = ref newest[j];
            EdgeReach? reach = null;
            for (var i = 0; i < next.Length; i++)
            {
                // A way can only cost, and what it costs at least is known before it is looked for.
                var needed = Math.Max(best[i], likeliest - MatchLattice.Hopeless - next[i].Score);
                var may = ((from.Score - needed) * _options.RouteSlackMetres) + Rounding;
                if (may < 0 || _routes.AtLeast(from, next[i]) - straight > may)
                {
                    continue;
                }

                var way = _routes.Cost(from, next[i], limit, ref reach);
                var score = from.Score - (Math.Abs(way - straight) / _options.RouteSlackMetres);
                if (score > best[i] || (score == best[i] && j < parents[i]))
                {
                    (best[i], parents[i]) = (score, j);
                    likeliest = Math.Max(likeliest, score + next[i].Score);
                }
            }
        }
    }

    /// <summary>Writes the places of the candidates, the likeliest first: then few ways of the others need to be looked at.</summary>
    private static void ByScore(ReadOnlySpan<MatchState> states, Span<int> order)
    {
        for (var i = 0; i < states.Length; i++)
        {
            var at = i;
            for (; at > 0 && states[order[at - 1]].Score < states[i].Score; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = i;
        }
    }

    private void Tell<TSink>(int count, ref TSink sink)
        where TSink : IMatchSink
    {
        for (var i = 0; i < count; i++)
        {
            if (_hasTold)
            {
                _routes.Drive(_told, _decided[i], _limits[_decidedColumns % _limits.Length], _teller.Legs);
            }

            _teller.Reach(_decided[i], ref sink);
            (_told, _hasTold) = (_decided[i], true);
            _decidedColumns++;
        }
    }

    private void TellAll<TSink>(ref TSink sink)
        where TSink : IMatchSink
    {
        Tell(_lattice.DecideAll(_decided), ref sink);
        _teller.Rest(_told, ref sink);
    }

    private static double SquaredDistance(in TraceFix one, in TraceFix other) =>
        ((one.X - other.X) * (one.X - other.X)) + ((one.Y - other.Y) * (one.Y - other.Y));
}
