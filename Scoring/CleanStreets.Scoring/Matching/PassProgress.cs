using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>One traversal of a segment while it is driven: how far, and from when to when.</summary>
internal struct PassProgress
{
    private bool _enteredAtEnd;

    /// <summary>Directed edge; −1 when nothing is being driven.</summary>
    public int Edge { get; private set; }

    /// <summary>Metres along the edge where it began.</summary>
    public double From { get; private set; }

    /// <summary>Metres along the edge, the farthest reached.</summary>
    public double To { get; private set; }

    public long EnteredAtMs { get; private set; }

    public long LeftAtMs { get; private set; }

    /// <summary>Metres driven, each counted once.</summary>
    public readonly double Driven => To - From;

    public static PassProgress None => new() { Edge = -1 };

    /// <summary>Begins on an edge, through its beginning from another edge or somewhere on it.</summary>
    public static PassProgress Begin(int edge, double offset, long timeMs, bool fromAnotherEdge) => new()
    {
        Edge = edge,
        From = offset,
        To = offset,
        EnteredAtMs = timeMs,
        LeftAtMs = timeMs,
        _enteredAtEnd = fromAnotherEdge && offset <= 0,
    };

    /// <summary>Whether a travel goes on with this traversal; driving a loop street again from its beginning does not.</summary>
    public readonly bool Continues(in Travel travel, double length) =>
        travel.Edge == Edge && !(travel.From <= 0 && To >= length && length > 0);

    public readonly void Save(StateWriter state)
    {
        state.Number(Edge);
        state.Flag(_enteredAtEnd);
        state.Real(From);
        state.Real(To);
        state.Number(EnteredAtMs);
        state.Number(LeftAtMs);
    }

    public static PassProgress Load(ref StateReader state) => new()
    {
        Edge = state.Int32(),
        _enteredAtEnd = state.Flag(),
        From = state.Real(),
        To = state.Real(),
        EnteredAtMs = state.MomentMs(),
        LeftAtMs = state.MomentMs(),
    };

    /// <summary>Drives on; returns the metres that were not driven before.</summary>
    public double Drive(in Travel travel)
    {
        var fresh = Math.Max(0, travel.To - Math.Max(To, travel.From));
        To = Math.Max(To, travel.To);
        From = Math.Min(From, travel.From);
        LeftAtMs = travel.LeftAtMs;
        return fresh;
    }

    /// <summary>The truck is still here.</summary>
    public void Stand(long timeMs) => LeftAtMs = Math.Max(LeftAtMs, timeMs);

    /// <summary>Whether the segment was really driven and not only touched.</summary>
    /// <param name="length">Length of the segment.</param>
    /// <param name="onToAnotherEdge">Whether the truck went on to another edge, or the trace ended here.</param>
    /// <param name="minimumMetres">From how many metres a part of a segment is a pass.</param>
    public readonly bool IsPass(double length, bool onToAnotherEdge, double minimumMetres) =>
        Edge >= 0
        && ((_enteredAtEnd && onToAnotherEdge && To >= length) || Driven >= minimumMetres);

    /// <summary>Share of the segment that was driven.</summary>
    public readonly double Coverage(double length) => length <= 0 ? 1 : Math.Min(1, Driven / length);

    /// <summary>The driven part along the segment's geometry.</summary>
    public readonly (double From, double To) AlongGeometry(double length) =>
        StreetEdges.IsForward(Edge) ? (From, To) : (length - To, length - From);
}
