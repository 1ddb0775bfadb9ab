namespace CleanStreets.Contracts.Boxes;

/// <summary>Crockford's base 32: letters that are read as digits (I, L, O) stand for them, U is left out, case does not matter.</summary>
public static class Base32
{
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int BitsPerDigit = 5;

    /// <summary>The first <paramref name="length"/> digits of <paramref name="bytes"/>, most significant bits first.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, bytes.Length * 8 / BitsPerDigit);
        var text = new char[length];
        for (var i = 0; i < length; i++)
        {
            var digit = 0;
            for (var bit = i * BitsPerDigit; bit < (i + 1) * BitsPerDigit; bit++)
            {
                digit = (digit << 1) | ((bytes[bit / 8] >> (7 - (bit % 8))) & 1);
            }

            text[i] = Digits[digit];
        }

        return new string(text);
    }

    /// <summary>Digits as they are meant, without spaces and hyphens; null when something else is among them.</summary>
    public static string? Normalise(string typed)
    {
        var text = new List<char>(typed.Length);
        foreach (var raw in typed)
        {
            var letter = char.ToUpperInvariant(raw) switch
            {
                'O' => '0',
                'I' or 'L' => '1',
                var other => other,
            };
            if (Digits.Contains(letter, StringComparison.Ordinal))
            {
                text.Add(letter);
            }
            else if (raw is not ('-' or ' '))
            {
                return null;
            }
        }

        return new string([.. text]);
    }
}
