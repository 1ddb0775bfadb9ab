using System.Globalization;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>A trace file that cannot be used. The message names the line and what to do.</summary>
public sealed class TraceFileException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public TraceFileException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public TraceFileException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public TraceFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>One recorded fix.</summary>
/// <param name="Time">Its time as it stands in the file.</param>
/// <param name="TimeMs">Milliseconds since 1970 UTC.</param>
/// <param name="Place">Where; NaN when the file gives no place.</param>
public readonly record struct RecordedFix(string Time, long TimeMs, GeoPoint Place);

/// <summary>One recorded trace, its fixes in the order of the file.</summary>
/// <param name="Id">The trace's id.</param>
/// <param name="Fixes">Its fixes.</param>
public sealed record RecordedTrace(string Id, IReadOnlyList<RecordedFix> Fixes);

/// <summary>Recorded traces in CSV: <c>id,time</c> and <c>longitude,latitude</c> or a WKT <c>geometry</c> column, in any order.</summary>
/// <remarks>Times are ISO 8601 (without a zone: UTC) or seconds since 1970. Rows of one trace need not stand together.</remarks>
public static class TraceFile
{
    /// <summary>Reads all traces, in the order in which they first appear.</summary>
    /// <exception cref="TraceFileException">A column is missing or a value cannot be read.</exception>
    public static IReadOnlyList<RecordedTrace> Read(TextReader reader)
    {
        var columns = Columns.Of(CsvLine.Split(reader.ReadLine() ?? string.Empty));
        var fixes = new Dictionary<string, List<RecordedFix>>(StringComparer.Ordinal);
        var traces = new List<RecordedTrace>();
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
            {
                continue;
            }

            var cells = CsvLine.Split(text);
            var id = Columns.Cell(cells, columns.Id, line);
            if (!fixes.TryGetValue(id, out var trace))
            {
                trace = fixes[id] = [];
                traces.Add(new RecordedTrace(id, trace));
            }

            trace.Add(ReadFix(columns, cells, line));
        }

        return traces;
    }

    private static RecordedFix ReadFix(Columns columns, IReadOnlyList<string> cells, int line)
    {
        var time = Columns.Cell(cells, columns.Time, line);
        var place = columns.Geometry >= 0
            ? Point(Columns.Cell(cells, columns.Geometry, line), line)
            : new GeoPoint(
                Number(Columns.Cell(cells, columns.Latitude, line), line), Number(Columns.Cell(cells, columns.Longitude, line), line));
        return new RecordedFix(time, Milliseconds(time, line), place);
    }

    private static long Milliseconds(string text, int line)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e11
            ? (long)Math.Round(seconds * 1000)
            : throw new TraceFileException($"traces line {line}: '{text}' is not a time. Write ISO 8601 or seconds since 1970.");
    }

    private static GeoPoint Point(string text, int line)
    {
        var (open, close) = (text.IndexOf('('), text.IndexOf(')'));
        var numbers = open >= 0 && close > open && text.StartsWith("POINT", StringComparison.OrdinalIgnoreCase)
            ? text[(open + 1)..close].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];
        return numbers.Length >= 2
            ? new GeoPoint(Number(numbers[1], line), Number(numbers[0], line))
            : throw new TraceFileException($"traces line {line}: '{text}' is not a WKT point. Write POINT (longitude latitude).");
    }

    /// <summary>A number; an empty cell is none (NaN), which is left unplaced like any other impossible place.</summary>
    private static double Number(string text, int line)
    {
        if (text.Length == 0)
        {
            return double.NaN;
        }

        return double.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new TraceFileException($"traces line {line}: '{text}' is not a number. Write degrees with a decimal point.");
    }

    private sealed record Columns(int Id, int Time, int Longitude, int Latitude, int Geometry)
    {
        public static Columns Of(List<string> header)
        {
            int Find(string name) => header.FindIndex(cell => string.Equals(cell.Trim(), name, StringComparison.OrdinalIgnoreCase));
            var columns = new Columns(Find("id"), Find("time"), Find("longitude"), Find("latitude"), Find("geometry"));
            return columns is { Id: >= 0, Time: >= 0 } && (columns.Geometry >= 0 || columns is { Longitude: >= 0, Latitude: >= 0 })
                ? columns
                : throw new TraceFileException(
                    "traces line 1: the columns id, time and either longitude and latitude or geometry are needed; "
                    + $"the file has '{string.Join(',', header)}'.");
        }

        public static string Cell(IReadOnlyList<string> cells, int column, int line) => column < cells.Count
            ? cells[column].Trim()
            : throw new TraceFileException($"traces line {line}: has {cells.Count} column(s), fewer than the first line.");
    }
}
