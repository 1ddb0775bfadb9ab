using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store.Victoria;

/// <summary>Reads history from VictoriaMetrics by a series selector on <c>/api/v1/export</c>, which gives every sample as it was stored.</summary>
/// <remarks>
/// VictoriaMetrics makes a series of each field, <c>cleanstreets_score_index</c> and so on, keeps milliseconds, and keeps a sample twice
/// that it got twice: samples are put together again by their time, and of two at one time the later counts.
/// </remarks>
internal sealed class VictoriaHistory(StoreAddress address, StoreHttp http, string network) : ISegmentHistory
{
    public async Task<IReadOnlyList<ScorePoint>> PointsAsync(
        SegmentId segment, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        var rows = VictoriaRow.Join(await AskAsync(LineSchema.Score, segment, string.Empty, from, to, cancellationToken), LineSchema.Score);
        var points = rows.Where(row => row.Values.ContainsKey("index") && row.Grade is not null).OrderBy(row => row.Time).Select(row => new ScorePoint(
            row.Time,
            row.Values["index"],
            row.Values.GetValueOrDefault("low"),
            row.Values.GetValueOrDefault("high"),
            row.Grade!.Value,
            (int)row.Values.GetValueOrDefault("sample_size"))).ToList();
        return Thinning.Choose(points, limit);
    }

    public async Task<IReadOnlyList<PassSummary>> PassesAsync(SegmentId segment, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        var rows = VictoriaRow.Join(await AskAsync(LineSchema.Pass, segment, $",network=\"{Quoted(LineWriter.Stored(network))}\"", since, DateTimeOffset.MaxValue, cancellationToken), LineSchema.Pass);
        return rows.Where(row => TruckId.TryCreate(row.Truck, out _)).OrderByDescending(row => row.Time).Take(limit).Select(row => new PassSummary(
            TruckId.Parse(row.Truck),
            row.Time.AddMilliseconds(-row.Values.GetValueOrDefault("duration_ms")),
            row.Time,
            row.Values.GetValueOrDefault("forward") is 1,
            row.Values.GetValueOrDefault("coverage"),
            row.Values.GetValueOrDefault("exposure_metres"),
            row.Counts(),
            LineSchema.LightOf(row.Values.GetValueOrDefault("light")),
            CameraId: null,
            ModelVersion: null,
            row.Grade,
            row.Values.TryGetValue("index", out var index) ? index : null,
            row.Values.TryGetValue("exposure_square_metres", out var squareMetres) ? squareMetres : null)).ToList();
    }

    private async Task<List<VictoriaSeries>> AskAsync(
        string measurement, SegmentId segment, string more, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // What comes by /write carries the database as a label; what comes by the 2.x API does not.
        var database = address.Bucket is null ? $",db=\"{Quoted(address.Database)}\"" : string.Empty;
        var selector = $"{{__name__=~\"{measurement}_.*\",segment=\"{segment.Value}\"{more}{database}}}";
        return await http.AskAsync(
            () => new HttpRequestMessage(HttpMethod.Get, http.At("/api/v1/export", ("match[]", selector), ("start", Seconds(from)), ("end", Seconds(to)))),
            static (answer, words) => VictoriaSeries.Read(answer.StatusCode, words),
            cancellationToken);
    }

    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    // It keeps no times before 1970.
    private static string Seconds(DateTimeOffset at) =>
        (Math.Clamp(at.ToUnixTimeMilliseconds(), 0, LineSchema.MostMilliseconds) / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
}
