using System.Net;
using System.Text.Json;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store.Influx;

/// <summary>One row of an InfluxQL answer.</summary>
internal sealed class InfluxRow(Dictionary<string, JsonElement> values)
{
    public DateTimeOffset Time => LineSchema.TimeOf(Number("time") ?? 0);

    public double? Number(string column) => values.TryGetValue(column, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public string? Text(string column) => values.TryGetValue(column, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The grade; null where there is none that we know.</summary>
    public Grade? Grade => LineSchema.GradeOf(Number("grade"));

    public Dictionary<string, int> Counts() => values
        .Where(item => item.Key.StartsWith(LineSchema.CountPrefix, StringComparison.Ordinal) && item.Value.ValueKind == JsonValueKind.Number)
        .ToDictionary(item => item.Key[LineSchema.CountPrefix.Length..], item => (int)item.Value.GetDouble(), StringComparer.Ordinal);

    /// <summary>Reads <c>{"results":[{"series":[{"columns":[…],"values":[[…]]}]}]}</c>; an error may stand inside of a 200.</summary>
    /// <exception cref="StoreUnavailableException">It answered with an error, or with something else.</exception>
    public static List<InfluxRow> Read(HttpStatusCode status, string body)
    {
        if (status != HttpStatusCode.OK)
        {
            throw new StoreUnavailableException($"history cannot be read: it answered {(int)status} {LineAnswerReader.Reason(body)}");
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var rows = new List<InfluxRow>();
            foreach (var result in json.RootElement.GetProperty("results").EnumerateArray())
            {
                if (result.TryGetProperty("error", out var error))
                {
                    // Before the first write there is no database, and no history either.
                    return error.ToString().StartsWith("database not found", StringComparison.Ordinal)
                        ? []
                        : throw new StoreUnavailableException($"history cannot be read: {error}");
                }

                if (result.TryGetProperty("series", out var series))
                {
                    rows.AddRange(series.EnumerateArray().SelectMany(Rows));
                }
            }

            return rows;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new StoreUnavailableException("history cannot be read: its answer is no InfluxQL result", fault);
        }
    }

    private static IEnumerable<InfluxRow> Rows(JsonElement series)
    {
        var columns = series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!).ToList();
        return series.GetProperty("values").EnumerateArray()
            .Select(row => new InfluxRow(row.EnumerateArray().Select((value, i) => (value, i))
                .ToDictionary(cell => columns[cell.i], cell => cell.value.Clone(), StringComparer.Ordinal)))
            .ToList();
    }
}
