using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Passes and score points as lines; README.md of the folder above shows the schema.</summary>
/// <param name="Network">The street network that passes were matched to; a tag of theirs, because with another they are made anew. Scores stay their street's.</param>
/// <param name="HasTexts">Whether the store keeps text fields; VictoriaMetrics would store a 0 for each.</param>
internal sealed record LineSchema(string Network, bool HasTexts)
{
    public const string Score = "cleanstreets_score";
    public const string Pass = "cleanstreets_pass";

    /// <summary>Passes of a detector on trial stand apart, so that nobody who asks for passes counts them.</summary>
    public const string TrialPass = "cleanstreets_trial_pass";
    public const string CountPrefix = "count_";

    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>InfluxDB keeps times from 1677 to 2262, what 64 bits of nanoseconds hold.</summary>
    public const long MostMilliseconds = long.MaxValue / NanosecondsPerMillisecond - 1;

    /// <summary>A grade as it was stored; null for what is none of ours.</summary>
    public static Grade? GradeOf(double? stored) => stored is >= 0 and <= (double)Grade.D ? (Grade)stored : null;

    public static Light LightOf(double? stored) => stored is >= 0 and <= byte.MaxValue && Enum.IsDefined((Light)stored) ? (Light)stored : default;

    /// <summary>A time as it was stored, in milliseconds; the nearest that can be said.</summary>
    public static DateTimeOffset TimeOf(double milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(double.IsNaN(milliseconds) ? 0 : milliseconds, -MostMilliseconds, MostMilliseconds));

    /// <summary>Adds the row as a line; false when its time cannot be written.</summary>
    public static bool TryAdd(LineBatch batch, in PointRow row)
    {
        var asOf = row.Point.AsOf.ToUnixTimeMilliseconds();
        if (Math.Abs(asOf) > MostMilliseconds)
        {
            return false;
        }

        var line = batch.Writer.Measurement(Score).Tag("segment", row.Segment.Value);
        var first = true;
        line.Field(ref first, "grade", (long)row.Point.Grade);
        line.Field(ref first, "high", row.Point.High);
        line.Field(ref first, "index", row.Point.Index);
        line.Field(ref first, "low", row.Point.Low);
        line.Field(ref first, "sample_size", row.Point.SampleSize);
        line.Time(asOf * NanosecondsPerMillisecond);
        batch.EndLine();
        return true;
    }

    /// <inheritdoc cref="TryAdd(LineBatch, in PointRow)"/>
    public bool TryAdd(LineBatch batch, in PassRow row)
    {
        var pass = row.Pass;
        var leftAt = pass.LeftAt.ToUnixTimeMilliseconds();
        if (Math.Abs(leftAt) > MostMilliseconds)
        {
            return false;
        }

        var line = batch.Writer.Measurement(pass.IsTrial ? TrialPass : Pass);
        if (pass is { IsTrial: true, ModelVersion: { Length: > 0 } tried })
        {
            line = line.Tag("model", tried); // Which one was tried is what such a row is for, and there are few of them.
        }

        line = line.Tag("network", Network).Tag("segment", row.Segment.Value).Tag("truck", pass.TruckId.Value);
        var first = true;
        line.Field(ref first, "coverage", pass.Coverage);
        foreach (var (kind, count) in Counts(in row))
        {
            line.Field(ref first, CountPrefix + kind, count);
        }

        line.Field(ref first, "duration_ms", (long)(pass.LeftAt - pass.EnteredAt).TotalMilliseconds);
        line.Field(ref first, "exposure_metres", pass.ExposureMetres);
        if (pass.ExposureSquareMetres is { } squareMetres)
        {
            line.Field(ref first, "exposure_square_metres", squareMetres);
        }

        line.Field(ref first, "forward", pass.Forward ? 1 : 0);
        line.Field(ref first, "light", (long)pass.Light);
        Optional(line, ref first, pass);
        line.Time((leftAt * NanosecondsPerMillisecond) + Slot(in row));
        batch.EndLine();
        return true;
    }

    private void Optional(LineWriter line, ref bool first, PassSummary pass)
    {
        if (pass.Grade is { } grade)
        {
            line.Field(ref first, "grade", (long)grade);
        }

        if (pass.Index is { } index)
        {
            line.Field(ref first, "index", index);
        }

        if (HasTexts && pass.CameraId is { } camera)
        {
            line.Field(ref first, "camera", camera);
        }

        if (HasTexts && pass is { IsTrial: false, ModelVersion: { } model })
        {
            line.Field(ref first, "model", model);
        }

        if (HasTexts && pass.OrderId is { } order)
        {
            line.Field(ref first, "order", order.Value);
        }
    }

    // Kinds that read the same once they are stored are one.
    private static SortedDictionary<string, int> Counts(in PassRow row)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (kind, count) in row.BoundedCounts())
        {
            var name = LineWriter.Stored(kind);
            counts[name] = counts.GetValueOrDefault(name) + count;
        }

        return counts;
    }

    // A point is known by its tags and its time, and one that shares both overwrites the other (influxdata/influxdb#4150). Passes of
    // one truck over one segment that end in one millisecond are told apart by their place in the journal, the same at every
    // redelivery: a record has more bytes than passes, so within a million bytes of journal no two have the same.
    private static long Slot(in PassRow row) => (row.Position + row.Ordinal) % NanosecondsPerMillisecond;
}
