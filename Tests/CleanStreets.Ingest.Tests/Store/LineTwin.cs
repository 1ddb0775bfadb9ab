using System.Text;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Reads line protocol slowly and plainly, character by character, by the rules of its page.</summary>
internal sealed record LineTwin(string Measurement, List<(string Key, string Value)> Tags, List<(string Key, string Value)> Fields, long Time)
{
    public static LineTwin Read(string line)
    {
        line.EndsWith('\n').ShouldBeTrue();
        line[..^1].ShouldNotContain("\n");
        var at = 0;
        var measurement = Until(line, ref at, ", ", ", ");
        var (tags, fields) = (new List<(string, string)>(), new List<(string, string)>());
        while (line[at] == ',')
        {
            at++;
            var key = Until(line, ref at, "=", ",= ");
            at++;
            tags.Add((key, Until(line, ref at, ", ", ",= ")));
        }

        do
        {
            at++;
            var key = Until(line, ref at, "=", ",= ");
            at++;
            fields.Add((key, line[at] == '"' ? Text(line, ref at) : Until(line, ref at, ", ", string.Empty)));
        }
        while (line[at] == ',');

        return new LineTwin(measurement, tags, fields, long.Parse(line.AsSpan(at + 1)[..^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    // A backslash escapes one of the specials and stands for itself before anything else.
    private static string Until(string line, ref int at, string ends, string specials)
    {
        var text = new StringBuilder();
        for (; ; at++)
        {
            if (line[at] == '\\' && specials.Contains(line[at + 1], StringComparison.Ordinal))
            {
                at++;
            }
            else if (ends.Contains(line[at], StringComparison.Ordinal))
            {
                return text.ToString();
            }

            text.Append(line[at]);
        }
    }

    private static string Text(string line, ref int at)
    {
        var text = new StringBuilder("\"");
        for (at++; line[at] != '"'; at++)
        {
            at += line[at] == '\\' ? 1 : 0;
            text.Append(line[at]);
        }

        at++;
        return text.Append('"').ToString();
    }
}
