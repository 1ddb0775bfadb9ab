using System.Buffers;
using System.Globalization;
using System.Text;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Writes InfluxDB's line protocol: <c>measurement,tag=v field=v time</c>.</summary>
/// <remarks>
/// In a measurement a comma and a space are escaped with a backslash, in tags and field keys an equals sign too, in a text a quote
/// and a backslash (docs.influxdata.com, "Line protocol", special characters). What the rules cannot carry in all dialects is
/// replaced: a backslash in a name or tag, which InfluxDB takes for itself and VictoriaMetrics for an escape, becomes a slash;
/// control characters, a line feed among them, become an underscore, in a text a space.
/// </remarks>
internal readonly struct LineWriter(IBufferWriter<byte> output)
{
    private const string MeasurementSpecials = ", ";
    private const string KeySpecials = ",= ";

    public LineWriter Measurement(string name)
    {
        Escaped(name, MeasurementSpecials);
        return this;
    }

    /// <summary>Tags come in the order of their keys, which spares the server sorting them; an empty value is not allowed and left out.</summary>
    public LineWriter Tag(string key, string value)
    {
        if (value.Length > 0)
        {
            Byte(',');
            Escaped(key, KeySpecials);
            Byte('=');
            Escaped(value, KeySpecials);
        }

        return this;
    }

    public void Field(ref bool first, string key, long value)
    {
        Key(ref first, key);
        Ascii(value.ToString(CultureInfo.InvariantCulture));
        Byte('i');
    }

    /// <summary>A number that is none cannot be written and is left out.</summary>
    public void Field(ref bool first, string key, double value)
    {
        if (double.IsFinite(value))
        {
            Key(ref first, key);
            Ascii(value.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    public void Field(ref bool first, string key, string value)
    {
        Key(ref first, key);
        Byte('"');
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            text.Append(char.IsControl(c) ? " " : c is '"' or '\\' ? "\\" + c : c.ToString());
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
        Byte('"');
    }

    public void Time(long nanoseconds)
    {
        Byte(' ');
        Ascii(nanoseconds.ToString(CultureInfo.InvariantCulture));
        Byte('\n');
    }

    /// <summary>What a name or a tag reads as once it has been stored.</summary>
    public static string Stored(string name) => string.Create(name.Length, name, static (target, name) =>
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = char.IsControl(name[i]) ? '_' : name[i] == '\\' ? '/' : name[i];
        }
    });

    private void Key(ref bool first, string key)
    {
        Byte(first ? ' ' : ',');
        first = false;
        Escaped(key, KeySpecials);
        Byte('=');
    }

    private void Escaped(string name, string specials)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in Stored(name))
        {
            if (specials.Contains(c, StringComparison.Ordinal))
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        Encoding.UTF8.GetBytes(text.ToString(), output);
    }

    private void Ascii(string text) => Encoding.ASCII.GetBytes(text, output);

    private void Byte(char value)
    {
        output.GetSpan(1)[0] = (byte)value;
        output.Advance(1);
    }
}
