using System.Globalization;
using System.Text;

namespace CleanStreets.Benchmarks.Run;

/// <summary>The lines as a Markdown table: ratios first, then the figures, then what was promised.</summary>
internal static class Table
{
    public const string Head =
        "| what | ratio to peers | ours, median (smallest – largest) | beside it | promise | kept |\n| --- | --- | --- | --- | --- | --- |";

    public static string Format(string row, Line line)
    {
        var what = new StringBuilder($"`{row}` {line.What}");
        if (line.Note is { Length: > 0 } note)
        {
            what.Append(CultureInfo.InvariantCulture, $" ({note})");
        }

        var measured = line.Besides.Where(beside => beside.Figures.Values.Count > 0).ToList();
        var ratios = string.Join("; ", measured.Select(beside => $"{Number(line.Ours.Over(beside.Figures).Median)} × {beside.Peer}"));
        var besides = string.Join("; ", measured.Select(beside => $"{beside.Peer} {Spread(beside.Figures)}"));
        var kept = line.IsKept switch { null => "–", true => "yes", false => "no" };
        return $"| {what} | {OrDash(ratios)} | {Spread(line.Ours)} {line.Unit} | {OrDash(besides)} | {OrDash(Promise(line))} | {kept} |";
    }

    private static string Promise(Line line)
    {
        var limits = line.Besides.Where(beside => beside.Limit is not null).Select(beside => $"≤ {Number(beside.Limit!.Value)} × {beside.Peer}");
        return string.Join("; ", line.Limit is { } limit ? limits.Prepend($"≤ {Number(limit)}") : limits);
    }

    private static string Spread(Series series) => $"{Number(series.Median)} ({Number(series.Smallest)} – {Number(series.Largest)})";

    private static string OrDash(string text) => text.Length == 0 ? "–" : text;

    /// <summary>Three digits that mean something.</summary>
    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
