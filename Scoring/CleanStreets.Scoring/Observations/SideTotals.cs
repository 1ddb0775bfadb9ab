using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <summary>One integer for each side of a segment. The three never overlap: the segment as a whole is their sum.</summary>
/// <param name="Unknown">What could not be given to a side.</param>
/// <param name="Left">Left along the segment's geometry.</param>
/// <param name="Right">Right along the segment's geometry.</param>
public readonly record struct SideTotals(long Unknown, long Left, long Right)
{
    /// <summary>The segment as a whole.</summary>
    public long Total => Unknown + Left + Right;

    /// <summary>The value of one side.</summary>
    public long this[Side side] => side switch
    {
        Side.Left => Left,
        Side.Right => Right,
        _ => Unknown,
    };

    internal void Save(StateWriter state)
    {
        state.Number(Unknown);
        state.Number(Left);
        state.Number(Right);
    }

    internal static SideTotals Load(ref StateReader state) => new(state.Number(), state.Number(), state.Number());

    /// <summary>Adds to one side.</summary>
    public SideTotals Plus(Side side, long value) => side switch
    {
        Side.Left => this with { Left = Left + value },
        Side.Right => this with { Right = Right + value },
        _ => this with { Unknown = Unknown + value },
    };
}
