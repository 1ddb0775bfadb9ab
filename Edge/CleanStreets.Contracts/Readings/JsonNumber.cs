using System.Buffers.Text;

namespace CleanStreets.Contracts.Readings;

/// <summary>Reads the text of a JSON number faster than the general parser where it is short and plain, and exactly the same.</summary>
internal static class JsonNumber
{
    /// <summary>Decimals of a coordinate in both wire forms.</summary>
    private const int CoordinateDecimals = 7;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    private static readonly long[] WholePowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>The number as a double; infinite where it is too large for one, NaN where the text is no number.</summary>
    public static double ToDouble(ReadOnlySpan<byte> text)
    {
        var cursor = new JsonCursor(text);
        return cursor.Read() ? ToDouble(in cursor) : double.NaN;
    }

    /// <summary>The number a cursor stands on as a double; infinite where it is too large for one.</summary>
    public static double ToDouble(in JsonCursor cursor) =>
        cursor.IsPlain ? cursor.Mantissa / PowersOfTen[cursor.Decimals] : General(cursor.ValueSpan); // Both operands are exact, so the one division rounds correctly.

    /// <summary>A coordinate in 10⁻⁷ degree, rounded; a value that no coordinate has where the number is far too large.</summary>
    public static long ToE7(ReadOnlySpan<byte> text)
    {
        var cursor = new JsonCursor(text);
        cursor.Read();
        return ToE7(in cursor);
    }

    /// <summary>The number a cursor stands on as a coordinate.</summary>
    public static long ToE7(in JsonCursor cursor)
    {
        if (cursor.IsPlain && cursor.Decimals <= CoordinateDecimals && Math.Abs(cursor.Mantissa) < 100_000_000_000)
        {
            return cursor.Mantissa * WholePowersOfTen[CoordinateDecimals - cursor.Decimals]; // Below 10^18: no overflow.
        }

        var scaled = Math.Round(ToDouble(in cursor) * 1e7);
        return Math.Abs(scaled) < long.MaxValue ? (long)scaled : long.MaxValue;
    }

    /// <summary>The whole number a cursor stands on, also when written as 3.0 or 3e0; false where it is none or lies beyond <paramref name="limit"/>.</summary>
    public static bool TryWhole(in JsonCursor cursor, long limit, out long value)
    {
        value = cursor.Mantissa;
        if (cursor.IsPlain && cursor.Decimals == 0)
        {
            return Math.Abs(value) <= limit;
        }

        if (Utf8Parser.TryParse(cursor.ValueSpan, out value, out var used) && used == cursor.ValueSpan.Length)
        {
            return value <= limit && value >= -limit;
        }

        var number = ToDouble(in cursor);
        var whole = Math.Abs(number) <= Math.Min(limit, ReadingLimits.MaxSequence) && number == Math.Floor(number);
        value = whole ? (long)number : 0;
        return whole;
    }

    private static double General(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out double value, out var used) && used == text.Length ? value : double.NaN;
}
