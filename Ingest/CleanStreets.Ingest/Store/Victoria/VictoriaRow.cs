using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store.Victoria;

/// <summary>The fields of one point, put together again from their series.</summary>
internal sealed record VictoriaRow(string Truck, DateTimeOffset Time, Dictionary<string, double> Values)
{
    /// <summary>The grade; null where there is none that we know.</summary>
    public Grade? Grade => LineSchema.GradeOf(Values.TryGetValue("grade", out var grade) ? grade : null);

    public Dictionary<string, int> Counts() => Values
        .Where(item => item.Key.StartsWith(LineSchema.CountPrefix, StringComparison.Ordinal))
        .ToDictionary(item => item.Key[LineSchema.CountPrefix.Length..], item => (int)item.Value, StringComparer.Ordinal);

    public static IEnumerable<VictoriaRow> Join(List<VictoriaSeries> series, string measurement)
    {
        var rows = new Dictionary<(string Truck, long Time), VictoriaRow>();
        foreach (var one in series)
        {
            var name = one.Metric.GetValueOrDefault("__name__", string.Empty);
            if (!name.StartsWith(measurement + "_", StringComparison.Ordinal))
            {
                continue;
            }

            var field = name[(measurement.Length + 1)..];
            var truck = one.Metric.GetValueOrDefault("truck", string.Empty);
            for (var i = 0; i < one.Timestamps.Count && i < one.Values.Count; i++)
            {
                var key = (truck, one.Timestamps[i]);
                if (!rows.TryGetValue(key, out var row))
                {
                    rows.Add(key, row = new VictoriaRow(truck, LineSchema.TimeOf(one.Timestamps[i]), new(StringComparer.Ordinal)));
                }

                if (one.Values[i] is { } value)
                {
                    row.Values[field] = value;
                }
            }
        }

        return rows.Values;
    }
}
