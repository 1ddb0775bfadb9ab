using System.Runtime.CompilerServices;

namespace CleanStreets.Scoring.Streets;

/// <summary>The network as directed edges: edge 2s is segment s along its geometry, edge 2s + 1 against it.</summary>
internal sealed class StreetEdges
{
    private readonly double[] _length;
    private readonly bool[] _isOneWay;
    private readonly int[] _startNode;
    private readonly int[] _firstOut;
    private readonly int[] _out;
    private readonly HashSet<(int From, int To)>? _forbidden;

    public StreetEdges(StreetSegment[] segments, int nodes, IReadOnlyCollection<(int From, int To)> forbidden)
    {
        _forbidden = forbidden.Count > 0 ? [.. forbidden] : null; // Most networks name none and pay one comparison.
        _length = [.. segments.Select(segment => segment.LengthMetres)];
        _isOneWay = [.. segments.Select(segment => segment.OneWay)];
        _startNode = [.. segments.SelectMany(segment => new[] { segment.FromNode, segment.ToNode })];
        _firstOut = new int[nodes + 1];
        for (var edge = 0; edge < Count; edge++)
        {
            if (IsDrivable(edge))
            {
                _firstOut[StartNode(edge) + 1]++;
            }
        }

        for (var node = 1; node <= nodes; node++)
        {
            _firstOut[node] += _firstOut[node - 1];
        }

        _out = new int[_firstOut[^1]];
        var next = _firstOut.AsSpan(0, nodes).ToArray();
        for (var edge = 0; edge < Count; edge++)
        {
            if (IsDrivable(edge))
            {
                _out[next[StartNode(edge)]++] = edge;
            }
        }
    }

    public int Count => _startNode.Length;

    public static int Of(int segment, bool forward) => (segment * 2) + (forward ? 0 : 1);

    public static int SegmentOf(int edge) => edge >> 1;

    public static bool IsForward(int edge) => (edge & 1) == 0;

    /// <summary>The same segment, driven the other way.</summary>
    public static int Reverse(int edge) => edge ^ 1;

    public bool IsDrivable(int edge) => IsForward(edge) || !_isOneWay[edge >> 1];

    public double Length(int edge) => _length[edge >> 1];

    public int StartNode(int edge) => _startNode[edge];

    public int EndNode(int edge) => StartNode(Reverse(edge));

    /// <summary>Whether an edge ends where another one begins that may be driven.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool LeadsTo(int edge, int next) => EndNode(edge) == StartNode(next) && IsDrivable(next);

    /// <summary>Whether any turn is forbidden.</summary>
    public bool ForbidsTurns => _forbidden is not null;

    /// <summary>Whether traffic signs forbid to go from the end of one edge into another.</summary>
    public bool IsForbidden(int edge, int next) => _forbidden is not null && _forbidden.Contains((edge, next));

    /// <summary>Drivable edges that begin at a node, in ascending order.</summary>
    public ReadOnlySpan<int> From(int node) => _out.AsSpan(_firstOut[node], _firstOut[node + 1] - _firstOut[node]);

    /// <summary>Extra metres for going from one edge to the next: a U-turn costs, unless there is no other way out.</summary>
    public double TurnCost(int from, int to, double uTurnMetres) =>
        to == Reverse(from) && From(EndNode(from)).Length > 1 ? uTurnMetres : 0;

    /// <summary>An offset along the geometry as an offset along the edge, and back.</summary>
    public double Turn(int edge, double offset) => IsForward(edge) ? offset : Length(edge) - offset;
}
