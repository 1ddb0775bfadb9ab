using System.Buffers.Text;

namespace CleanStreets.Contracts.Readings;

/// <summary>Reads the text of a JSON number faster than the general parser where it is short and plain, and exactly the same.</summary>
internal static class JsonNumber
{
    /// <summary>Decimals of a coordinate in both wire forms.</summary>
    private const int CoordinateDecimals = 7;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>The number as a double; infinite where it is too large for one.</summary>
    public static double ToDouble(ReadOnlySpan<byte> text)
    {
        // Both operands are exact doubles (15 digits < 2^53), so the one division rounds correctly.
        if (TryPlain(text, out var mantissa, out var decimals))
        {
            return mantissa / PowersOfTen[decimals];
        }

        return Utf8Parser.TryParse(text, out double value, out var used) && used == text.Length ? value : double.NaN;
    }

    /// <summary>A coordinate in 10⁻⁷ degree, rounded; a value that no coordinate has where the number is far too large.</summary>
    public static long ToE7(ReadOnlySpan<byte> text)
    {
        if (TryPlain(text, out var mantissa, out var decimals) && decimals <= CoordinateDecimals && Math.Abs(mantissa) < 100_000_000_000)
        {
            return mantissa * (long)PowersOfTen[CoordinateDecimals - decimals]; // Below 10^18: no overflow.
        }

        var scaled = Math.Round(ToDouble(text) * 1e7);
        return Math.Abs(scaled) < long.MaxValue ? (long)scaled : long.MaxValue;
    }

    /// <summary>A whole number, also when written as 3.0 or 3e0; false where it is none or lies beyond <paramref name="limit"/>.</summary>
    public static bool TryWhole(ReadOnlySpan<byte> text, long limit, out long value)
    {
        if (TryPlain(text, out value, out var decimals) && decimals == 0)
        {
            return Math.Abs(value) <= limit;
        }

        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length)
        {
            return value <= limit && value >= -limit;
        }

        var number = ToDouble(text);
        var whole = Math.Abs(number) <= Math.Min(limit, ReadingLimits.MaxSequence) && number == Math.Floor(number);
        value = whole ? (long)number : 0;
        return whole;
    }

    /// <summary>Up to 15 digits with at most one point: no exponent. −0 is left to the general parser.</summary>
    private static bool TryPlain(ReadOnlySpan<byte> text, out long mantissa, out int decimals)
    {
        mantissa = 0;
        decimals = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative)
        {
            text = text[1..];
        }

        if (text.Length > 16)
        {
            return false;
        }

        var digits = 0;
        var point = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b is >= (byte)'0' and <= (byte)'9')
            {
                mantissa = (mantissa * 10) + (b - '0');
                digits++;
            }
            else if (b == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }

        decimals = point < 0 ? 0 : text.Length - point - 1;
        mantissa = negative ? -mantissa : mantissa;
        return digits is > 0 and <= 15 && !(negative && mantissa == 0);
    }
}
