using System.Diagnostics.Metrics;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Ingestion's instruments. They observe what the stages count anyway, so measuring costs the stages nothing.</summary>
internal sealed class IngestMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CleanStreets.Ingest";

    public IngestMetrics(IMeterFactory meters, IngestPipeline pipeline, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("cleanstreets.ingest.readings.received", () => pipeline.Fates.Received, "{reading}");
        meter.CreateObservableCounter("cleanstreets.ingest.readings.accepted", () => pipeline.Fates.Accepted, "{reading}");
        meter.CreateObservableCounter("cleanstreets.ingest.readings.duplicate", () => pipeline.Fates.Duplicates, "{reading}");
        meter.CreateObservableCounter("cleanstreets.ingest.readings.dropped", () => pipeline.Fates.Dropped, "{reading}");
        meter.CreateObservableCounter("cleanstreets.ingest.readings.quarantined", () => Quarantined(pipeline), "{reading}");
        meter.CreateObservableGauge("cleanstreets.ingest.stage.depth", () => Depths(pipeline), "{batch}");
        meter.CreateObservableGauge("cleanstreets.ingest.journal.size", () => pipeline.Progress.Bytes, "By");
        meter.CreateObservableGauge("cleanstreets.ingest.store.cursor", () => pipeline.Progress.StoredThrough, "By");
        meter.CreateObservableGauge(
            "cleanstreets.ingest.unstored.age", () => pipeline.Progress.OldestUnstoredAge(time.GetUtcNow()).TotalSeconds, "s");
    }

    private static IEnumerable<Measurement<long>> Quarantined(IngestPipeline pipeline) =>
        pipeline.Fates.QuarantinedByReason().Select(item => new Measurement<long>(item.Value, new KeyValuePair<string, object?>("reason", item.Key)));

    private static IEnumerable<Measurement<int>> Depths(IngestPipeline pipeline) =>
        pipeline.Channels.Depths().Select(stage => new Measurement<int>(stage.Depth, new KeyValuePair<string, object?>("stage", stage.Stage)));
}
