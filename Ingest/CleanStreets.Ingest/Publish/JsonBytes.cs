using System.Buffers.Text;
using System.Text;

namespace CleanStreets.Ingest.Publish;

/// <summary>Bytes of a JSON text under way, in memory that is used again. Values look as System.Text.Json writes them; commas and quotes are the caller's.</summary>
internal sealed class JsonBytes
{
    private const int LongestValue = 64;
    private const int Decimals = 4;
    private const double TenThousand = 10_000;

    /// <summary>Where the fraction begins in "2026-11-26T03:19:00.1230000+00:00".</summary>
    private const int FractionAt = 19;
    private const int FractionLength = 8;

    private byte[] _bytes = new byte[2048];
    private int _length;

    public void Clear() => _length = 0;

    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    /// <summary>Text without anything that JSON escapes.</summary>
    public void Ascii(string text) => _length += Encoding.ASCII.GetBytes(text, Room(text.Length));

    public void Number(long number)
    {
        Utf8Formatter.TryFormat(number, Room(LongestValue), out var length);
        _length += length;
    }

    /// <summary>The shortest digits that give the number again. With up to four decimals, as almost every number of a score, it is written as an integer with a point.</summary>
    public void Number(double number)
    {
        // A quotient of integers is the double next to that decimal, whose shortest digits are therefore the decimal's own.
        var scaled = Math.Round(number * TenThousand);
        if (scaled is >= 0 and < 1e9 && scaled / TenThousand == number && !double.IsNegative(number))
        {
            Short((uint)scaled);
            return;
        }

        Utf8Formatter.TryFormat(number, Room(LongestValue), out var length);
        _length += length;
    }

    /// <summary>A moment without the zeros at the end of its fraction.</summary>
    public void Time(DateTimeOffset moment)
    {
        var room = Room(LongestValue);
        Utf8Formatter.TryFormat(moment, room, out var length, 'O');
        var digits = FractionLength;
        while (digits > 1 && room[FractionAt + digits - 1] == '0')
        {
            digits--;
        }

        var kept = FractionAt + (digits == 1 ? 0 : digits); // Without digits no point either.
        room[(FractionAt + FractionLength)..length].CopyTo(room[kept..]);
        _length += kept + length - FractionAt - FractionLength;
    }

    private void Short(uint tenThousandths)
    {
        var (whole, fraction) = Math.DivRem(tenThousandths, (uint)TenThousand);
        Number(whole);
        if (fraction == 0)
        {
            return;
        }

        var room = Room(LongestValue);
        room[0] = (byte)'.';
        for (var at = Decimals; at > 0; at--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            room[at] = (byte)('0' + digit);
        }

        var length = Decimals + 1;
        while (room[length - 1] == '0')
        {
            length--;
        }

        _length += length;
    }

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + length));
        }

        return _bytes.AsSpan(_length);
    }
}
