using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store.Victoria;

/// <summary>One line of an export: a series with its samples.</summary>
internal sealed record VictoriaSeries(
    [property: JsonPropertyName("metric")] Dictionary<string, string> Metric,
    [property: JsonPropertyName("values")] IReadOnlyList<double?> Values,
    [property: JsonPropertyName("timestamps")] IReadOnlyList<long> Timestamps)
{
    /// <exception cref="StoreUnavailableException">It answered with an error, or with something else.</exception>
    public static List<VictoriaSeries> Read(HttpStatusCode status, string body)
    {
        if (status != HttpStatusCode.OK)
        {
            throw new StoreUnavailableException($"history cannot be read: it answered {(int)status} {LineAnswerReader.Reason(body)}");
        }

        try
        {
            return body.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize(line, VictoriaJson.Default.VictoriaSeries))
                .Select(series => series is { Metric: not null, Values: not null, Timestamps: not null } ? series : throw new JsonException("No series."))
                .ToList();
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new StoreUnavailableException("history cannot be read: its answer is no export", fault);
        }
    }
}

[JsonSerializable(typeof(VictoriaSeries))]
internal sealed partial class VictoriaJson : JsonSerializerContext;
