using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CleanStreets.Contracts.Readings;

/// <summary>ISO 8601 times with a zone (RFC 3339), as UTF-8, to and from milliseconds since 1970.</summary>
internal static class IsoTime
{
    /// <summary>Latest time the contract carries: the end of the year 9999.</summary>
    public const long MaxMs = 253_402_300_799_999;

    /// <summary>Length of what <see cref="Write"/> writes: <c>2026-11-22T05:38:11.250Z</c>.</summary>
    public const int Length = 24;

    /// <summary>Reads a time; parts below a millisecond are cut off. False without a zone, before 1970 or on anything odd.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[13] != ':' || text[16] != ':'
            || !TryTwo(text, 0, out var century) || !TryTwo(text, 2, out var year) || !TryTwo(text, 5, out var month) || !TryTwo(text, 8, out var day)
            || !TryTwo(text, 11, out var hour) || !TryTwo(text, 14, out var minute) || !TryTwo(text, 17, out var second)
            || (year += century * 100) < 1 || month is < 1 or > 12 || day < 1 || (day > 28 && day > DateTime.DaysInMonth(year, month))
            || hour > 23 || minute > 59 || second > 60) // 60: a leap second is the first of the next minute.
        {
            return false;
        }

        var rest = text[19..];
        if (!TryFraction(ref rest, out var fractionMs) || !TryZone(rest, out var zoneMinutes))
        {
            return false;
        }

        ms = ((((DaysSince1970(year, month, day) * 24L) + hour) * 60 + minute - zoneMinutes) * 60 + second) * 1000 + fractionMs;
        return ms is >= 0 and <= MaxMs;
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public static void Write(long ms, Span<byte> into)
    {
        var done = DateTime.UnixEpoch.AddMilliseconds(ms).TryFormat(into, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        Debug.Assert(done && written == Length, "A time of the contract has 24 characters.");
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int ms)
    {
        ms = 0;
        if (rest.IsEmpty || rest[0] != '.')
        {
            return true;
        }

        var digits = 1;
        for (var scale = 100; digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9'; digits++, scale /= 10)
        {
            ms += (rest[digits] - '0') * scale;
        }

        rest = rest[digits..];
        return digits > 1;
    }

    private static bool TryZone(ReadOnlySpan<byte> zone, out int minutes)
    {
        minutes = 0;
        if (zone.Length == 1)
        {
            return zone[0] is (byte)'Z' or (byte)'z';
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':'
            || !TryTwo(zone, 1, out var h) || !TryTwo(zone, 4, out var m) || h > 23 || m > 59)
        {
            return false;
        }

        minutes = ((h * 60) + m) * (zone[0] == '-' ? -1 : 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTwo(ReadOnlySpan<byte> text, int at, out int value)
    {
        uint tens = (uint)(text[at] - '0'), ones = (uint)(text[at + 1] - '0');
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }

    /// <summary>Days of the proleptic Gregorian calendar, counted in years that begin in March so that the leap day comes last.</summary>
    private static int DaysSince1970(int year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var dayOfYear = (((153 * ((month + 9) % 12)) + 2) / 5) + day - 1;
        return (y * 365) + (y / 4) - (y / 100) + (y / 400) + dayOfYear - 719_468;
    }
}
