using System.Globalization;

namespace CleanStreets.Scoring.Index;

/// <summary>Grades a table of grids: CSV in, CSV out, row for row.</summary>
/// <remarks>
/// In: a header and the columns <c>grid,twos,threes,illegalDumping,bulkyItems</c> in any order; further columns are passed over; an empty count
/// is 0, as in LA's own tables. Out: <c>grid,csScore,class</c> in the order of the input. Where the columns <c>segments,seen</c> say how many
/// segments a grid has and how many of them were graded, <c>classIfRestClean,classIfRestDirty</c> follow, and the class of a grid of which less
/// than 95 % was seen is <c>incomplete</c>.
/// </remarks>
public static class GridIndexRunner
{
    private const int SegmentsPlace = 5;
    private const int SeenPlace = 6;
    private const int Needed = 5;

    private static readonly string[] Columns = ["grid", "twos", "threes", "illegalDumping", "bulkyItems", "segments", "seen"];

    /// <summary>Grades every row of <paramref name="grids"/> by the method called <paramref name="method"/>.</summary>
    /// <returns>Number of grids graded.</returns>
    /// <exception cref="GridIndexException">Unknown method, missing column or bad row. What was written until then is not a result.</exception>
    public static int Run(string method, TextReader grids, TextWriter output)
    {
        var rule = LasanGridMethod.Find(method)
            ?? throw new GridIndexException($"There is no grid method '{method}'. Known: {string.Join(", ", LasanGridMethod.All.Select(m => m.Name))}.");
        var records = new CsvRecords(grids);
        var places = Header(records.Next() ?? throw new GridIndexException($"The table is empty. Its first line names the columns: {string.Join(',', Columns.Take(Needed))}."));
        var bounded = places[SegmentsPlace] >= 0 && places[SeenPlace] >= 0;
        output.Write(bounded ? "grid,csScore,class,classIfRestClean,classIfRestDirty\n" : "grid,csScore,class\n");
        var graded = 0;
        while (records.Next() is { } row)
        {
            var grid = Field(row, places[0], records.Line);
            if (grid.Length == 0)
            {
                throw new GridIndexException($"Line {records.Line}: the grid has no name.");
            }

            var counts = new GridCounts(
                Count(row, places, 1, records.Line),
                Count(row, places, 2, records.Line),
                Count(row, places, 3, records.Line),
                Count(row, places, 4, records.Line));
            output.Write(CsvRecords.Quote(grid) + (bounded ? Bounded(rule, counts, row, places, records.Line) : Told(rule.Grade(counts))) + "\n");
            graded++;
        }

        return graded;
    }

    private static string Told(in GridGrade grade) => $",{grade.ScoreText},{grade.Class}";

    private static string Bounded(LasanGridMethod rule, in GridCounts counts, IReadOnlyList<string> row, int[] places, int line)
    {
        var (segments, seen) = (Count(row, places, SegmentsPlace, line), Count(row, places, SeenPlace, line));
        if (seen > segments || (long)counts.Twos + counts.Threes > seen)
        {
            throw new GridIndexException($"Line {line}: {seen} of {segments} segments seen, {counts.Twos} graded 2 and {counts.Threes} graded 3: that cannot be.");
        }

        var bounds = GridBounds.Of(rule, counts, seen, segments - seen);
        return (bounds.IsIncomplete ? ",,incomplete" : Told(bounds.IfRestClean)) + $",{bounds.IfRestClean.Class},{bounds.IfRestDirty.Class}";
    }

    private static int[] Header(IReadOnlyList<string> header)
    {
        var names = header.Select(h => h.Trim().TrimStart('\uFEFF')).ToList();
        var places = new int[Columns.Length];
        for (var i = 0; i < Columns.Length; i++)
        {
            places[i] = names.FindIndex(n => n.Equals(Columns[i], StringComparison.OrdinalIgnoreCase));
            if (places[i] < 0 && i < Needed)
            {
                throw new GridIndexException($"Line 1: there is no column '{Columns[i]}'. Needed: {string.Join(',', Columns.Take(Needed))}; found: {string.Join(',', names)}.");
            }

            if (places[i] >= 0 && names.FindLastIndex(n => n.Equals(Columns[i], StringComparison.OrdinalIgnoreCase)) != places[i])
            {
                throw new GridIndexException($"Line 1: the column '{Columns[i]}' stands there twice.");
            }
        }

        return places;
    }

    private static string Field(IReadOnlyList<string> row, int place, int line) =>
        place < row.Count ? row[place].Trim() : throw new GridIndexException($"Line {line}: only {row.Count} fields, where the header has more.");

    private static int Count(IReadOnlyList<string> row, int[] places, int column, int line)
    {
        var text = Field(row, places[column], line);
        if (text.Length == 0)
        {
            return 0;
        }

        // Spreadsheets like to write whole numbers as 7.0.
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value < 0 || value != decimal.Truncate(value) || value > int.MaxValue)
        {
            throw new GridIndexException($"Line {line}: {Columns[column]} is '{text}'; a count is a whole number, 0 or more.");
        }

        return (int)value;
    }
}
