using System.Text;

namespace CleanStreets.Scoring.Index;

/// <summary>Splits CSV (RFC 4180) into records and remembers on which line each began.</summary>
internal sealed class CsvRecords(TextReader input)
{
    private int _line;

    /// <summary>Line on which the last record began, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The next record; null at the end. Blank lines are passed over.</summary>
    /// <exception cref="GridIndexException">A quote is never closed.</exception>
    public IReadOnlyList<string>? Next()
    {
        while (input.ReadLine() is { } text)
        {
            _line++;
            Line = _line;
            if (text.AsSpan().Trim().Length > 0)
            {
                return Split(text);
            }
        }

        return null;
    }

    /// <summary>One field, quoted where it must be.</summary>
    public static string Quote(string field) =>
        field.AsSpan().ContainsAny(",\"\n\r") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private List<string> Split(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; ; i++)
        {
            if (i == text.Length)
            {
                if (!quoted)
                {
                    fields.Add(field.ToString());
                    return fields;
                }

                text = input.ReadLine() ?? throw new GridIndexException($"Line {Line}: a quote is opened and never closed.");
                _line++;
                field.Append('\n');
                i = -1;
            }
            else if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(text[i]);
            }
        }
    }
}
