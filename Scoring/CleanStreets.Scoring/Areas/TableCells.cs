using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Areas;

/// <summary>The cells of one line, each read with its fault.</summary>
internal readonly struct TableCells(List<string> cells, int line)
{
    private const int MostCount = 1_000_000;

    public string Text(int place) => Cell(place);

    public bool IsEmpty(int place) => Cell(place).Length == 0;

    public T Id<T>(int place, string column)
        where T : struct, IIdentifier<T> => T.TryCreate(Cell(place), out var id)
            ? id
            : throw Fault(column, Cell(place), "1 to 64 letters, digits, dots, dashes or underscores");

    public long Moment(int place, string column) => DateTimeOffset.TryParse(
        Cell(place), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUnixTimeMilliseconds()
            : throw Fault(column, Cell(place), "a time such as 2026-11-20T08:00:00Z");

    public double Number(int place, string column, double most) => double.TryParse(
        Cell(place), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most
            ? number
            : throw Fault(column, Cell(place), $"a number from 0 to {most:0}");

    public List<KindCount> Counts(int place)
    {
        var counts = new List<KindCount>();
        foreach (var pair in Cell(place).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var end = pair.LastIndexOf('=');
            if (end < 1 || !int.TryParse(pair.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MostCount)
            {
                throw Fault("counts", pair, "kind=number, for example loose_litter=3;weeds=1");
            }

            counts.Add(new KindCount(pair[..end], Side.Unknown, count, 0));
        }

        return counts;
    }

    public PassFileException Fault(string column, string cell, string wanted) =>
        new($"Line {line}: {column} is '{(cell.Length > 80 ? cell[..80] + "…" : cell)}'; it should be {wanted}.");

    private string Cell(int place) => place < 0 ? string.Empty
        : place < cells.Count ? cells[place].Trim()
        : throw new PassFileException($"Line {line}: only {cells.Count} cells, where the header has more.");
}
