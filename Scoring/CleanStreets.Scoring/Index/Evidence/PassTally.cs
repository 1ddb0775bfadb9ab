using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CleanStreets.Scoring.Index;

/// <summary>What a pass counted of up to four categories, in 36 bytes: all that a score needs of it, so that a score reads a street's passes as one block of memory.</summary>
/// <remarks>
/// A category is a lane. What does not fit (more than 255 pieces of a category, or no whole ones) is not written down: <see cref="IsWhole"/>
/// is false, and the pass is counted anew each time.
/// </remarks>
internal readonly struct PassTally
{
    public const int Lanes = 4;

    private const int BitsOfLane = 8;
    private const int BitsOfRecall = 16;
    private const double Milli = 1000;

    private readonly uint _unknownPieces;
    private readonly uint _leftPieces;
    private readonly uint _rightPieces;
    private readonly int _unknown;
    private readonly int _left;
    private readonly int _right;
    private readonly uint _recallLow; // Two halves of four 16 bits: a long would be laid out at multiples of eight.
    private readonly uint _recallHigh;
    private readonly int _hour;

    public PassTally(PassEvidence pass, CategoryTally tally)
    {
        var fits = true;
        (_unknown, _left, _right) = (Fit(pass.Seen.Unknown, ref fits), Fit(pass.Seen.Left, ref fits), Fit(pass.Seen.Right, ref fits));
        Span<long> pieces = stackalloc long[tally.Length];
        Span<long> exposure = stackalloc long[tally.Length];
        tally.Count(pass, pieces, exposure);
        var recall = 0UL;
        for (var category = 0; category < tally.Length / CategoryTally.Sides; category++)
        {
            var first = category * CategoryTally.Sides;
            _unknownPieces |= Lane(pieces[first], category, ref fits);
            _leftPieces |= Lane(pieces[first + 1], category, ref fits);
            _rightPieces |= Lane(pieces[first + 2], category, ref fits);
            var milli = tally.RecallOf(pass.Recall, category);
            fits &= milli is >= 0 and <= ushort.MaxValue;
            recall |= (ulong)(ushort)milli << (BitsOfRecall * category);
        }

        (_recallLow, _recallHigh) = ((uint)recall, (uint)(recall >> 32));
        _hour = fits && pass.Hour is > int.MinValue and <= int.MaxValue ? (int)pass.Hour : int.MinValue;
    }

    /// <summary>Whether all of it could be written down.</summary>
    public bool IsWhole => _hour != int.MinValue;

    /// <summary>UTC hour of capture since 1970.</summary>
    public long Hour => _hour;

    /// <summary>What of the pass is new, by category.</summary>
    /// <param name="shares">How much of each side is new.</param>
    public NewViews Of(in ViewShares shares)
    {
        var recall = ToDoubles(Vector128.WidenLower(Vector128.CreateScalar(((ulong)_recallHigh << 32) | _recallLow).AsUInt16()).AsInt32());
        return new NewViews(
            shares.Unknown * Pieces(_unknownPieces),
            shares.Left * Pieces(_leftPieces),
            shares.Right * Pieces(_rightPieces),
            shares.Unknown * Exposure(_unknown, recall),
            shares.Left * Exposure(_left, recall),
            shares.Right * Exposure(_right, recall));
    }

    private static Vector256<double> Pieces(uint lanes) =>
        ToDoubles(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(lanes).AsByte())).AsInt32()) * Milli;

    // Seen × recall ÷ 1000, cut to an integer as CategoryTally does: half a unit keeps what divides evenly above the cut, and the product is below 2^47.
    private static Vector256<double> Exposure(int seen, Vector256<double> recall) =>
        Vector256.Floor(((Vector256.Create((double)seen) * recall) + Vector256.Create(0.5)) * (1 / Milli));

    private static Vector256<double> ToDoubles(Vector128<int> lanes) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(lanes)
        : Vector256.Create(Vector128.ConvertToDouble(Vector128.WidenLower(lanes)), Vector128.ConvertToDouble(Vector128.WidenUpper(lanes)));

    private static int Fit(long seen, ref bool fits)
    {
        fits &= seen is >= 0 and <= int.MaxValue;
        return (int)seen;
    }

    private static uint Lane(long pieces, int category, ref bool fits)
    {
        var whole = pieces / (long)Milli;
        fits &= whole * (long)Milli == pieces && whole is >= 0 and <= byte.MaxValue;
        return (uint)(byte)whole << (BitsOfLane * category);
    }
}

/// <summary>What of a pass is new, by side, a category a lane: pieces in thousandths, exposure in thousandths of a square metre.</summary>
internal readonly record struct NewViews(
    Vector256<double> UnknownPieces,
    Vector256<double> LeftPieces,
    Vector256<double> RightPieces,
    Vector256<double> Unknown,
    Vector256<double> Left,
    Vector256<double> Right);
