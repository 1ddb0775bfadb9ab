using System.Diagnostics.Metrics;

namespace CleanStreets.Ingest.Observe;

/// <summary>How long each stage works on a batch, and how long a sender waits for its acknowledgement.</summary>
internal sealed class StageDurations
{
    public const string DurationName = "cleanstreets.ingest.stage.duration";
    public const string LatencyName = "cleanstreets.ingest.acknowledge.latency";

    private readonly List<DurationHistogram> _stages = [];

    public StageDurations(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(IngestMetrics.MeterName);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationHistogram.Bounds };
        var duration = meter.CreateHistogram(DurationName, "s", "Time a stage works on a batch, a commit or a round.", tags: null, advice);
        Decode = Of("decode");
        Admit = Of("admit");
        Journal = Of("journal");
        Acknowledge = Of("acknowledge");
        Match = Of("match");
        Score = Of("score");
        Store = Of("store");
        Latency = new DurationHistogram(
            meter.CreateHistogram(LatencyName, "s", "Time from the receipt of a batch's first message to its acknowledgement.", tags: null, advice), tag: null, time);

        DurationHistogram Of(string stage)
        {
            var made = new DurationHistogram(duration, new KeyValuePair<string, object?>("stage", stage), time);
            _stages.Add(made);
            return made;
        }
    }

    public DurationHistogram Decode { get; }

    public DurationHistogram Admit { get; }

    /// <summary>One commit: write and fsync.</summary>
    public DurationHistogram Journal { get; }

    public DurationHistogram Acknowledge { get; }

    public DurationHistogram Match { get; }

    /// <summary>One round of scoring.</summary>
    public DurationHistogram Score { get; }

    /// <summary>One write to a store.</summary>
    public DurationHistogram Store { get; }

    /// <summary>From the first message of a batch to its acknowledgement.</summary>
    public DurationHistogram Latency { get; }

    /// <summary>The durations of all stages, in the order of the pipeline.</summary>
    public IReadOnlyList<DurationHistogram> Stages => _stages;
}
