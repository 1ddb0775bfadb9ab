using System.Globalization;

namespace CleanStreets.Scoring.Index;

/// <summary>Grades a table of grids: CSV in, CSV out, row for row.</summary>
/// <remarks>
/// In: a header and the columns <c>grid,twos,threes,illegalDumping,bulkyItems</c> in any order; further columns are passed over; an empty count
/// is 0, as in LA's own tables. Out: <c>grid,csScore,class</c> in the order of the input.
/// </remarks>
public static class GridIndexRunner
{
    private static readonly string[] Columns = ["grid", "twos", "threes", "illegalDumping", "bulkyItems"];

    /// <summary>Grades every row of <paramref name="grids"/> by the method called <paramref name="method"/>.</summary>
    /// <returns>Number of grids graded.</returns>
    /// <exception cref="GridIndexException">Unknown method, missing column or bad row. What was written until then is not a result.</exception>
    public static int Run(string method, TextReader grids, TextWriter output)
    {
        var rule = LasanGridMethod.Find(method)
            ?? throw new GridIndexException($"There is no grid method '{method}'. Known: {string.Join(", ", LasanGridMethod.All.Select(m => m.Name))}.");
        var records = new CsvRecords(grids);
        var places = Header(records.Next() ?? throw new GridIndexException($"The table is empty. Its first line names the columns: {string.Join(',', Columns)}."));
        output.Write("grid,csScore,class\n");
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
            var grade = rule.Grade(counts);
            output.Write($"{CsvRecords.Quote(grid)},{grade.ScoreText},{grade.Class}\n");
            graded++;
        }

        return graded;
    }

    private static int[] Header(IReadOnlyList<string> header)
    {
        var names = header.Select(h => h.Trim().TrimStart('\uFEFF')).ToList();
        var places = new int[Columns.Length];
        for (var i = 0; i < Columns.Length; i++)
        {
            places[i] = names.FindIndex(n => n.Equals(Columns[i], StringComparison.OrdinalIgnoreCase));
            if (places[i] < 0)
            {
                throw new GridIndexException($"Line 1: there is no column '{Columns[i]}'. Needed: {string.Join(',', Columns)}; found: {string.Join(',', names)}.");
            }

            if (names.FindLastIndex(n => n.Equals(Columns[i], StringComparison.OrdinalIgnoreCase)) != places[i])
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
