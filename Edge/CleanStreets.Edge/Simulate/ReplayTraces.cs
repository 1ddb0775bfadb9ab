using System.Globalization;
using CleanStreets.Contracts;

namespace CleanStreets.Edge.Simulate;

/// <summary>One recorded fix.</summary>
/// <param name="AtMs">When, ms since 1970 UTC.</param>
/// <param name="LatitudeE7">WGS 84 latitude × 10⁷.</param>
/// <param name="LongitudeE7">WGS 84 longitude × 10⁷.</param>
internal readonly record struct ReplayFix(long AtMs, int LatitudeE7, int LongitudeE7);

/// <summary>One recorded drive.</summary>
/// <param name="Truck">The truck it becomes.</param>
/// <param name="Fixes">Its fixes as recorded: noise, gaps and order.</param>
internal sealed record ReplayTrace(TruckId Truck, IReadOnlyList<ReplayFix> Fixes)
{
    /// <summary>From its first fix to its last.</summary>
    public long DurationMs => Math.Max(0, Fixes.Max(f => f.AtMs) - Fixes[0].AtMs);
}

/// <summary>Reads recorded traces: a CSV with columns id, time and either geometry (<c>POINT (lon lat)</c>) or longitude and latitude.</summary>
internal static class ReplayTraces
{
    /// <exception cref="SimulateException">The file cannot be read; the message names the line.</exception>
    public static IReadOnlyList<ReplayTrace> Read(string path)
    {
        try
        {
            return Read(File.ReadLines(path), path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new SimulateException($"{path}: cannot be read ({ex.Message}) Name a CSV of GPS traces.", ex);
        }
    }

    private static List<ReplayTrace> Read(IEnumerable<string> lines, string path)
    {
        Columns? columns = null;
        var traces = new Dictionary<string, List<ReplayFix>>();
        var order = new List<string>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (columns is null)
            {
                columns = Columns.Of(Cells(line.TrimStart('\uFEFF')), path);
                continue;
            }

            if (line.Length == 0)
            {
                continue;
            }

            var cells = Cells(line);
            var fix = columns.Fix(cells, path, number);
            var id = cells[columns.Id];
            if (!traces.TryGetValue(id, out var fixes))
            {
                traces.Add(id, fixes = []);
                order.Add(id);
            }

            fixes.Add(fix);
        }

        return order.Count > 0
            ? [.. order.Select((id, i) => new ReplayTrace(TruckOf(id, i), traces[id]))]
            : throw new SimulateException($"{path}: line {Math.Max(1, number)}: no fix in the file. It needs a header and one line for each fix.");
    }

    private static TruckId TruckOf(string id, int index) =>
        TruckId.TryCreate($"replay-{id}", out var truck) ? truck : TruckId.Parse($"replay-n{index}");

    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString().Trim());
        return cells;
    }

    private sealed record Columns(int Id, int Time, int Geometry, int Longitude, int Latitude)
    {
        public static Columns Of(List<string> header, string path)
        {
            int Find(string name) => header.FindIndex(cell => cell.Equals(name, StringComparison.OrdinalIgnoreCase));
            var columns = new Columns(Find("id"), Find("time"), Find("geometry"), Find("longitude"), Find("latitude"));
            return columns.Id >= 0 && columns.Time >= 0 && (columns.Geometry >= 0 || (columns.Longitude >= 0 && columns.Latitude >= 0))
                ? columns
                : throw new SimulateException($"{path}: line 1: the header needs id, time and geometry, or id, time, longitude and latitude.");
        }

        public ReplayFix Fix(List<string> cells, string path, int line)
        {
            SimulateException Bad(string what) => new($"{path}: line {line}: {what}");
            if (cells.Count <= Math.Max(Math.Max(Id, Time), Math.Max(Geometry, Math.Max(Longitude, Latitude))))
            {
                throw Bad("fewer cells than the header names.");
            }

            if (!DateTimeOffset.TryParse(cells[Time], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || at.Year < 1970)
            {
                throw Bad($"'{cells[Time]}' is not a time: write 2019-03-11 08:33:24+00:00.");
            }

            var (x, y) = Geometry >= 0 ? Point(cells[Geometry]) : (cells[Longitude], cells[Latitude]);
            return double.TryParse(x, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
                && double.TryParse(y, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
                && Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90
                ? new ReplayFix(at.ToUnixTimeMilliseconds(), (int)Math.Round(latitude * 1e7), (int)Math.Round(longitude * 1e7))
                : throw Bad($"'{(Geometry >= 0 ? cells[Geometry] : $"{x}, {y}")}' is not a place: write POINT (longitude latitude) in degrees.");
        }

        private static (string X, string Y) Point(string wkt)
        {
            var open = wkt.IndexOf('(', StringComparison.Ordinal);
            var inside = wkt.StartsWith("POINT", StringComparison.OrdinalIgnoreCase) && open > 0 && wkt.EndsWith(')') ? wkt[(open + 1)..^1].Trim() : "";
            var space = inside.IndexOf(' ', StringComparison.Ordinal);
            return space < 0 ? ("", "") : (inside[..space], inside[space..].Trim());
        }
    }
}
