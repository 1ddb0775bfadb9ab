using System.Text;

namespace CleanStreets.Scoring.Matching;

/// <summary>One line of CSV: cells between commas, quoted where they hold a comma or a quote (RFC 4180, without line breaks in cells).</summary>
internal static class CsvLine
{
    private const char Quote = '"';

    /// <summary>The cells of a line.</summary>
    public static List<string> Split(string line)
    {
        if (!line.Contains(Quote))
        {
            return [.. line.Split(',')];
        }

        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == Quote && quoted && i + 1 < line.Length && line[i + 1] == Quote)
            {
                cell.Append(Quote);
                i++;
            }
            else if (c == Quote)
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }

    /// <summary>A text as one cell.</summary>
    public static string Cell(string text) =>
        text.AsSpan().IndexOfAny(',', Quote) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
