using System.Globalization;

namespace CleanStreets.Edge.Position;

/// <summary>One NMEA 0183 sentence whose checksum holds.</summary>
/// <param name="Type">The sentence without its talker: <c>RMC</c>.</param>
/// <param name="Fields">What stands between the commas behind it.</param>
internal sealed record NmeaSentence(string Type, string[] Fields)
{
    /// <summary>Longest line looked at; the standard says 82, receivers send a little more.</summary>
    public const int MaxLength = 160;

    /// <summary>Reads a line; null when it is none, is cut, or its checksum is missing or wrong.</summary>
    public static NmeaSentence? Read(string line)
    {
        line = line.Trim();
        if (line.Length is < 10 or > MaxLength || line[0] != '$' || line[^3] != '*'
            || !byte.TryParse(line.AsSpan(line.Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var expected))
        {
            return null;
        }

        var body = line.AsSpan(1, line.Length - 4);
        byte sum = 0;
        foreach (var c in body)
        {
            if (c > 127)
            {
                return null;
            }

            sum ^= (byte)c;
        }

        if (sum != expected)
        {
            return null;
        }

        var fields = body.ToString().Split(',');
        return fields[0].Length == 5 ? new NmeaSentence(fields[0][2..], fields[1..]) : null;
    }

    /// <summary>A field's text; empty when absent.</summary>
    public string Text(int index) => index < Fields.Length ? Fields[index] : "";

    /// <summary>A field's number; NaN when absent or none.</summary>
    public double Number(int index) =>
        double.TryParse(Text(index), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    /// <summary>Degrees of <c>ddmm.mmmm</c> and its hemisphere; NaN when absent or odd.</summary>
    public double Degrees(int index)
    {
        var value = Number(index);
        var whole = Math.Floor(value / 100);
        var minutes = value - (whole * 100);
        var sign = Text(index + 1) switch { "N" or "E" => 1, "S" or "W" => -1, _ => double.NaN };
        return minutes < 60 ? sign * (whole + (minutes / 60)) : double.NaN;
    }
}
