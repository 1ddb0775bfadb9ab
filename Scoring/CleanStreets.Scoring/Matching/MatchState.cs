using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Matching;

/// <summary>A candidate: the truck at one fix is here, driving this way.</summary>
internal struct MatchState
{
    /// <summary>Directed edge.</summary>
    public int Edge;

    /// <summary>Index of the best candidate before it, in the column before; −1 for a first one.</summary>
    public int Parent;

    /// <summary>Metres along the directed edge.</summary>
    public double Offset;

    /// <summary>Logarithm of the best way's likelihood up to here, relative to the best of its column.</summary>
    public double Score;

    public readonly void Save(StateWriter state)
    {
        state.Number(Edge);
        state.Number(Parent);
        state.Real(Offset);
        state.Real(Score);
    }

    public static MatchState Load(ref StateReader state) => new()
    {
        Edge = state.Int32(),
        Parent = state.Int32(),
        Offset = state.Real(),
        Score = state.Real(),
    };
}

/// <summary>A part of a directed edge, driven.</summary>
/// <param name="Edge">Directed edge.</param>
/// <param name="From">Metres along the edge.</param>
/// <param name="To">Metres along the edge, not below <paramref name="From"/>.</param>
internal readonly record struct PathLeg(int Edge, double From, double To);

/// <summary>A fix in the local plane.</summary>
internal struct TraceFix
{
    public long TimeMs;
    public double X;
    public double Y;

    /// <summary>What becomes of it.</summary>
    public FixRole Role;

    public readonly void Save(StateWriter state)
    {
        state.Number(TimeMs);
        state.Real(X);
        state.Real(Y);
        state.Number((long)Role);
    }

    public static TraceFix Load(ref StateReader state) => new()
    {
        TimeMs = state.MomentMs(),
        X = state.Real(),
        Y = state.Real(),
        Role = state.Choice<FixRole>(),
    };
}

/// <summary>The part a fix plays in the decision.</summary>
internal enum FixRole : byte
{
    /// <summary>Fits nowhere: off the network, an outlier, or out of time.</summary>
    Unplaced,

    /// <summary>Decides where the truck drives.</summary>
    Anchor,

    /// <summary>Near an anchor; placed on the way that the anchors decide.</summary>
    Attached,
}
