using System.Globalization;
using System.Text;

namespace CleanStreets.Ingest.Observe;

/// <summary>The metrics as Prometheus reads them (text format 0.0.4).</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IngestMetrics metrics)
    {
        var text = new StringBuilder(8192);
        foreach (var metric in metrics.All)
        {
            text.Append($"# HELP {metric.PrometheusName} {metric.Help}\n# TYPE {metric.PrometheusName} {Word(metric.Kind)}\n");
            foreach (var value in metric.Read())
            {
                Sample(text, metric.PrometheusName, metric.Tag, value.TagValue, value.Value);
            }

            foreach (var histogram in Histograms(metrics.Durations, metric))
            {
                Write(text, metric, histogram);
            }
        }

        ProcessMetrics.Write(text);
        return text.ToString();
    }

    private static IEnumerable<DurationHistogram> Histograms(StageDurations durations, Metric metric) => metric.Name switch
    {
        StageDurations.DurationName => durations.Stages,
        StageDurations.LatencyName => [durations.Latency],
        _ => [],
    };

    private static void Write(StringBuilder text, Metric metric, DurationHistogram histogram)
    {
        var (cumulative, total) = histogram.Read();
        var tag = metric.Tag is null ? string.Empty : $"{metric.Tag}=\"{histogram.TagValue}\",";
        for (var i = 0; i < cumulative.Length; i++)
        {
            var bound = i < DurationHistogram.Bounds.Count ? DurationHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append($"{metric.PrometheusName}_bucket{{{tag}le=\"{bound}\"}} {cumulative[i]}\n");
        }

        Sample(text, metric.PrometheusName + "_sum", metric.Tag, histogram.TagValue, total);
        Sample(text, metric.PrometheusName + "_count", metric.Tag, histogram.TagValue, cumulative[^1]);
    }

    private static void Sample(StringBuilder text, string name, string? tag, string? tagValue, double value) =>
        text.Append(tag is null ? $"{name} {value:R}\n" : $"{name}{{{tag}=\"{tagValue}\"}} {value:R}\n");

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
