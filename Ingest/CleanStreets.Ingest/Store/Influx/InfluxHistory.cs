using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store.Influx;

/// <summary>Reads history by InfluxQL on <c>/query</c>, which 1.x, 2.x (through its DBRP mapping) and 3.x answer alike.</summary>
internal sealed class InfluxHistory(StoreAddress address, StoreHttp http, string network) : ISegmentHistory
{
    public async Task<IReadOnlyList<ScorePoint>> PointsAsync(
        SegmentId segment, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        var rows = await AskAsync(
            $"SELECT \"grade\", \"high\", \"index\", \"low\", \"sample_size\" FROM \"{LineSchema.Score}\" {Where(segment, from)} AND time <= {Ms(to)}ms " +
            $"ORDER BY time DESC LIMIT {Thinning.MostFetched}",
            cancellationToken);
        var points = rows.Where(row => row.Number("index") is not null && row.Grade is not null).Select(row => new ScorePoint(
            row.Time,
            row.Number("index")!.Value,
            row.Number("low") ?? 0,
            row.Number("high") ?? 0,
            row.Grade!.Value,
            (int)(row.Number("sample_size") ?? 0))).Reverse().ToList();
        return Thinning.Choose(points, limit);
    }

    public async Task<IReadOnlyList<PassSummary>> PassesAsync(SegmentId segment, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        var rows = await AskAsync(
            $"SELECT * FROM \"{LineSchema.Pass}\" {Where(segment, since)} AND \"network\" = '{Network}' ORDER BY time DESC LIMIT {limit}", cancellationToken);

        // Somebody else's points may stand in our measurement.
        return rows.Where(row => TruckId.TryCreate(row.Text("truck") ?? string.Empty, out _)).Select(row => new PassSummary(
            TruckId.Parse(row.Text("truck")!),
            row.Time.AddMilliseconds(-(row.Number("duration_ms") ?? 0)),
            row.Time,
            row.Number("forward") is 1,
            row.Number("coverage") ?? 0,
            row.Number("exposure_metres") ?? 0,
            row.Counts(),
            LineSchema.LightOf(row.Number("light")),
            row.Text("camera"),
            row.Text("model"),
            row.Grade,
            row.Number("index"),
            row.Number("exposure_square_metres"),
            OrderId.TryCreate(row.Text("order"), out var order) ? order : null)).ToList();
    }

    private async Task<List<InfluxRow>> AskAsync(string question, CancellationToken cancellationToken) => await http.AskAsync(
        () => new HttpRequestMessage(HttpMethod.Get, http.At("/query", ("db", address.Bucket ?? address.Database), ("epoch", "ms"), ("q", question))),
        static (answer, words) => InfluxRow.Read(answer.StatusCode, words),
        cancellationToken);

    private string Network => LineWriter.Stored(network).Replace("'", "\\'", StringComparison.Ordinal);

    // Ids of segments hold nothing that wants a quote.
    private static string Where(SegmentId segment, DateTimeOffset from) =>
        $"WHERE \"segment\" = '{segment.Value}' AND time >= {Ms(from)}ms";

    private static string Ms(DateTimeOffset at) =>
        Math.Clamp(at.ToUnixTimeMilliseconds(), -LineSchema.MostMilliseconds, LineSchema.MostMilliseconds).ToString(CultureInfo.InvariantCulture);
}
