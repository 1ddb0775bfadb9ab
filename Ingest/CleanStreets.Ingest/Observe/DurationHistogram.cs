using System.Diagnostics.Metrics;

namespace CleanStreets.Ingest.Observe;

/// <summary>How long something took, counted in buckets: for Prometheus here, for OTLP by the instrument beside it.</summary>
/// <remarks>Recorded once a batch or once a commit, never once a reading; recording allocates nothing. Any thread may record or read.</remarks>
internal sealed class DurationHistogram(Histogram<double> instrument, KeyValuePair<string, object?>? tag, TimeProvider time)
{
    private readonly long[] _counts = new long[Bounds.Count + 1];
    private long _totalTicks;

    /// <summary>Upper ends of the buckets in seconds: from a warm decode to a disk that hangs.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public string? TagValue => tag?.Value as string;

    /// <summary>When something begins; to be handed to <see cref="Record"/> when it ends.</summary>
    public long Begin() => time.GetTimestamp();

    public void Record(long began)
    {
        var took = time.GetElapsedTime(began);
        var bucket = 0;
        while (bucket < Bounds.Count && took.TotalSeconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _totalTicks, took.Ticks);
        if (tag is { } named)
        {
            instrument.Record(took.TotalSeconds, named);
        }
        else
        {
            instrument.Record(took.TotalSeconds);
        }
    }

    /// <summary>Recordings up to each bound, cumulative as Prometheus wants them; the last is all of them.</summary>
    public (long[] Cumulative, double TotalSeconds) Read()
    {
        var cumulative = new long[_counts.Length];
        long sum = 0;
        for (var i = 0; i < cumulative.Length; i++)
        {
            cumulative[i] = sum += Volatile.Read(ref _counts[i]);
        }

        return (cumulative, TimeSpan.FromTicks(Volatile.Read(ref _totalTicks)).TotalSeconds);
    }
}
