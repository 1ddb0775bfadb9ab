using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Measure;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Areas;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Writes what would change into a file: every street as CSV, or everything as JSON. Numbers are written so that they read back to the same bits.</summary>
internal static class RescoreFile
{
    private const string Header =
        "segmentId,name,lengthMetres,change,beforeClass,beforeNumber,beforeLow,beforeHigh,afterClass,afterNumber,afterLow,afterHigh";

    /// <summary>Writes by the ending of the name.</summary>
    /// <exception cref="UsageException">It ends neither in <c>.csv</c> nor in <c>.json</c>.</exception>
    public static void Write(RescoreResult result, string path)
    {
        DemandEnding(path);
        using var stream = File.Create(path);
        if (IsJson(path))
        {
            WriteJson(result, stream);
        }
        else
        {
            using var table = new StreamWriter(stream);
            WriteCsv(result, table);
        }
    }

    public static void DemandEnding(string path)
    {
        if (!IsJson(path) && !path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out {path}: name a file that ends in .csv or .json.");
        }
    }

    private static bool IsJson(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static void WriteCsv(RescoreResult result, TextWriter table)
    {
        table.Write(Header + "\n");
        foreach (var row in result.Rows)
        {
            string[] cells =
            [
                row.Segment.Id.Value, Quote(row.Segment.Name), Text(row.Segment.LengthMetres), row.Change.ToString(),
                .. Cells(row.Before, result.Before), .. Cells(row.After, result.After),
            ];
            table.Write(string.Join(',', cells) + "\n");
        }
    }

    private static string[] Cells(StreetScore score, ScoringChoice choice) => [Class(score, choice) ?? string.Empty, Text(score.Number), Text(score.Low), Text(score.High)];

    private static string? Class(StreetScore score, ScoringChoice choice) => score.Rank is { } rank ? choice.Grades!.FromCleanest[rank].Name : null;

    private static string Text(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Quote(string? text) => text is null ? string.Empty
        : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"" : text;

    private static void WriteJson(RescoreResult result, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteHead(json, result);
        WriteModels(json, result);
        json.WriteBoolean("beforeIntervalsOfTrucksOnly", !result.Before.Method.HasDeviations);
        json.WriteBoolean("afterIntervalsOfTrucksOnly", !result.After.Method.HasDeviations);
        json.WriteStartArray("areas");
        foreach (var area in result.Areas)
        {
            json.WriteStartObject();
            json.WriteString("area", area.Area);
            json.WriteNumber("streets", area.Streets);
            json.WriteNumber("cleaner", area.Cleaner);
            json.WriteNumber("dirtier", area.Dirtier);
            json.WriteNumber("appears", area.Appear);
            json.WriteNumber("disappears", area.Disappear);
            Write(json, "before", area.Before);
            Write(json, "after", area.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("streets");
        foreach (var row in result.Rows)
        {
            json.WriteStartObject();
            json.WriteString("segmentId", row.Segment.Id.Value);
            json.WriteString("name", row.Segment.Name);
            json.WriteNumber("lengthMetres", row.Segment.LengthMetres);
            json.WriteString("change", row.Change.ToString());
            Write(json, "before", row.Before, result.Before);
            Write(json, "after", row.After, result.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModels(Utf8JsonWriter json, RescoreResult result)
    {
        var models = result.BookBefore.Models;
        var spans = models.Spans;
        json.WriteStartArray("models");
        for (var i = 0; i < spans.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("version", spans[i].Version);
            json.WriteNumber("passes", spans[i].Passes);
            json.WriteString("firstPassAt", DateTimeOffset.FromUnixTimeMilliseconds(spans[i].FirstMs));
            json.WriteString("lastPassAt", DateTimeOffset.FromUnixTimeMilliseconds(spans[i].LastMs));
            json.WriteStartArray("bridgeFromVersionBefore");
            foreach (var bridge in i == 0 ? [] : models.Compare(spans[i - 1].Version, spans[i].Version).Kinds)
            {
                json.WriteStartObject();
                json.WriteString("kind", bridge.Kind);
                json.WriteNumber("places", bridge.Places);
                json.WriteNumber("older", bridge.OlderCount);
                json.WriteNumber("newer", bridge.NewerCount);
                if (bridge.Factor is { } factor)
                {
                    json.WriteNumber("factor", factor);
                    json.WriteNumber("low", bridge.Low);
                    json.WriteNumber("high", bridge.High);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("detectors");
        JsonSerializer.Serialize(json, models.Tell(), ContractJson.Default.DetectorHistory);
    }

    private static void WriteHead(Utf8JsonWriter json, RescoreResult result)
    {
        json.WriteString("before", result.Before.Name);
        json.WriteString("after", result.After.Name);
        json.WriteString("asOf", DateTimeOffset.FromUnixTimeMilliseconds(result.AsOfMs));
        json.WriteString("comparedBy", result.Scale.Words);
        json.WriteStartObject("journal");
        json.WriteNumber("from", result.Span.From);
        json.WriteNumber("through", result.Span.Through);
        json.WriteNumber("records", result.Span.Records);
        json.WriteString("oldestReceivedAt", DateTimeOffset.FromUnixTimeMilliseconds(result.Span.OldestReceivedAtMs));
        json.WriteString("newestReceivedAt", DateTimeOffset.FromUnixTimeMilliseconds(result.Span.NewestReceivedAtMs));
        json.WriteNumber("unreadable", result.Span.Unreadable);
        json.WriteNumber("damagedPlaces", result.Span.Damage.Count);
        json.WriteBoolean("fromSnapshot", result.FromSnapshot);
        json.WriteBoolean("missesEvidence", result.MissesEvidence);
        json.WriteEndObject();
        json.WriteStartObject("changes");
        foreach (var change in Enum.GetValues<StreetChange>())
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(change.ToString()), result.Count(change));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, StreetScore score, ScoringChoice choice)
    {
        if (score.Number is not { } number)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("class", Class(score, choice));
        json.WriteNumber("number", number);
        if (score is { Low: { } low, High: { } high })
        {
            json.WriteNumber("low", low);
            json.WriteNumber("high", high);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Estimate? estimate)
    {
        if (estimate is not { } known)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("value", known.Value);
        json.WriteNumber("low", known.Low);
        json.WriteNumber("high", known.High);
        json.WriteEndObject();
    }
}
