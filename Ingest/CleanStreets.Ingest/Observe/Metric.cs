using System.Text;

namespace CleanStreets.Ingest.Observe;

/// <summary>One metric: what it is called, what it means, and how to read it. Prometheus, OTLP and the page in <c>deploy/</c> all follow from it.</summary>
/// <param name="Name">OpenTelemetry's name: lower case, dotted, without the unit.</param>
/// <param name="Kind">Counter, gauge or histogram.</param>
/// <param name="Unit">UCUM unit: <c>s</c>, <c>By</c>, or what is counted in braces.</param>
/// <param name="Help">One sentence for people.</param>
/// <param name="Tag">Name of its one tag; null when it has none.</param>
/// <param name="Read">Reads it now; empty for histograms.</param>
internal sealed record Metric(string Name, MetricKind Kind, string Unit, string Help, string? Tag, Func<IEnumerable<MetricValue>> Read)
{
    /// <summary>Prometheus's name: underscores, base unit spelled out, <c>_total</c> behind a counter (OpenMetrics; OpenTelemetry's compatibility rules).</summary>
    public string PrometheusName
    {
        get
        {
            var name = new StringBuilder(Name).Replace('.', '_');
            name.Append(Unit switch
            {
                "s" => "_seconds",
                "By" => "_bytes",
                "1" => string.Empty,
                _ when Unit.StartsWith('{') => string.Empty,
                _ => throw new InvalidOperationException($"The unit {Unit} of {Name} has no name in Prometheus."),
            });
            return name.Append(Kind == MetricKind.Counter ? "_total" : string.Empty).ToString();
        }
    }
}

/// <summary>One value of a metric.</summary>
/// <param name="Value">The value.</param>
/// <param name="TagValue">Value of its tag, when it has one.</param>
internal readonly record struct MetricValue(double Value, string? TagValue = null);

/// <summary>Kinds of metric.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, from 0 at start.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Durations in buckets.</summary>
    Histogram,
}
