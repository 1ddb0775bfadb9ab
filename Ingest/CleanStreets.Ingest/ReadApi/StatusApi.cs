using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>How ingestion is doing, for the dashboard.</summary>
internal static class StatusApi
{
    private const int DefaultItems = 100;

    public static void MapStatus(this IEndpointRouteBuilder routes, IngestPipeline pipeline, TimeProvider time)
    {
        routes.MapGet(ReadApiPaths.Status, () => Results.Json(pipeline.Status(time), ContractJson.Default.IngestStatus));
        routes.MapGet(ReadApiPaths.Quarantine, (int? limit) =>
            Results.Json(pipeline.Quarantine.Report(Math.Max(0, limit ?? DefaultItems)), ContractJson.Default.QuarantineReport));
        routes.MapDelete(ReadApiPaths.StoreGaps, (string store, long? from, long? through) =>
        {
            var loop = pipeline.Stores.Loops.FirstOrDefault(loop => loop.Store.Name == store);
            loop?.Marks.Clear(new StoreGap(from ?? 0, through ?? long.MaxValue));
            return loop is null ? Results.NotFound() : Results.NoContent();
        });
    }

    private static IngestStatus Status(this IngestPipeline pipeline, TimeProvider time) => new(
        pipeline.StartedAt,
        pipeline.Ready,
        pipeline.Network.Version,
        pipeline.Fates.Received,
        pipeline.Fates.Accepted,
        pipeline.Fates.Duplicates,
        pipeline.Fates.Quarantined,
        pipeline.Fates.Dropped,
        pipeline.Fates.QuarantinedByReason(),
        pipeline.OldestUnstoredAge(time.GetUtcNow()).TotalSeconds,
        pipeline.Progress.Bytes,
        pipeline.Channels.Depths(),
        pipeline.Board.Seen,
        pipeline.Network.Segments.Count,
        pipeline.Receivers.Listener.CutByReason.ToDictionary(cut => Tag(cut.Key), cut => cut.Value),
        pipeline.Stores.Loops.Select(loop => Status(loop, pipeline, time)).ToList());

    private static StoreStatus Status(StoreLoop loop, IngestPipeline pipeline, TimeProvider time) => new(
        loop.Store.Name,
        loop.Store.Cursor,
        pipeline.LagOf(loop.Store),
        loop.Standing.OldestUnstoredAge(time.GetUtcNow()).TotalSeconds,
        loop.Standing.Rows,
        loop.Store.Refused,
        loop.Standing.Failure,
        loop.Marks.Gaps.Select(gap => new MissingStretch(gap.From, gap.Through)).ToList());

    private static string Tag(MqttReasonCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());
}
