using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Observations;
using Microsoft.Data.Sqlite;
using Polly.CircuitBreaker;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>Streets, their scores and their past.</summary>
internal static class SegmentApi
{
    private const int DefaultPoints = 500;
    private const int DefaultPasses = 50;
    private const int ExplainPasses = 20;
    private const int MostRows = 10_000;

    public static void MapSegments(this IEndpointRouteBuilder routes, IngestPipeline pipeline)
    {
        var streets = StreetGeoJson.Write(pipeline.Network);
        var version = $"\"{pipeline.Network.Version}\"";
        routes.MapGet(ReadApiPaths.Streets, (HttpRequest request, HttpResponse response) =>
        {
            response.Headers.ETag = version;
            return request.Headers.IfNoneMatch == version
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : Results.Bytes(streets, "application/geo+json");
        });
        routes.MapGet(ReadApiPaths.Scores, () => Results.Json(pipeline.Board.All(), ContractJson.Default.IReadOnlyListSegmentScore));
        routes.MapGet(ReadApiPaths.Confirmations, () =>
            Results.Json(pipeline.Board.Pending(), ContractJson.Default.IReadOnlyListPendingConfirmation));
        routes.MapGet(ReadApiPaths.History, async (
            string segmentId, DateTimeOffset? from, DateTimeOffset? to, int? limit, CancellationToken cancellationToken) =>
            pipeline.Find(segmentId) is { } id
                ? Results.Json(
                    await pipeline.History.PointsAsync(
                        id, from ?? DateTimeOffset.MinValue, to ?? DateTimeOffset.MaxValue, Limit(limit, DefaultPoints), cancellationToken),
                    ContractJson.Default.IReadOnlyListScorePoint)
                : Results.NotFound()).AddEndpointFilter(SayUnavailableAsync);
        routes.MapGet(ReadApiPaths.Passes, async (
            string segmentId, DateTimeOffset? since, int? limit, CancellationToken cancellationToken) =>
            pipeline.Find(segmentId) is { } id
                ? Results.Json(
                    await pipeline.MarkedPassesAsync(id, since ?? DateTimeOffset.MinValue, Limit(limit, DefaultPasses), cancellationToken),
                    ContractJson.Default.IReadOnlyListPassSummary)
                : Results.NotFound()).AddEndpointFilter(SayUnavailableAsync);
        routes.MapGet(ReadApiPaths.Explain, async (string segmentId, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        {
            if (pipeline.Find(segmentId) is not { } id)
            {
                return Results.NotFound();
            }

            var passes = await pipeline.PassesUpToAsync(id, asOf, cancellationToken);
            var explanation = await pipeline.Questions.ExplainAsync(id, asOf?.ToUnixTimeMilliseconds(), passes, cancellationToken);
            return explanation is null ? Results.NotFound() : Results.Json(explanation, ContractJson.Default.ScoreExplanation);
        });
    }

    // A pass at the end of the answer may be a repeat of one that is in it, never the other way round: the newest come first.
    private static async Task<IReadOnlyList<PassSummary>> MarkedPassesAsync(
        this IngestPipeline pipeline, SegmentId id, DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        RepeatMarks.Mark(await pipeline.History.PassesAsync(id, since, limit, cancellationToken), ViewRule.Default);

    // A store gives the newest passes: those of a moment in the past lie behind them.
    private static async Task<IReadOnlyList<PassSummary>> PassesUpToAsync(
        this IngestPipeline pipeline, SegmentId segment, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        var passes = await pipeline.History.PassesAsync(segment, DateTimeOffset.MinValue, asOf is null ? ExplainPasses : MostRows, cancellationToken).OrNoneAsync();
        return asOf is { } moment ? [.. passes.Where(pass => pass.EnteredAt <= moment).Take(ExplainPasses)] : passes;
    }

    // A store that is down takes the past with it, not the present: history answers 503 with the reason, an explanation goes without passes.
    private static async ValueTask<object?> SayUnavailableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception fault) when (IsUnavailable(fault))
        {
            return Results.Problem(
                title: "The store cannot be read at the moment.", detail: fault.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IReadOnlyList<PassSummary>> OrNoneAsync(this Task<IReadOnlyList<PassSummary>> reading)
    {
        try
        {
            return await reading;
        }
        catch (Exception fault) when (IsUnavailable(fault))
        {
            return [];
        }
    }

    private static bool IsUnavailable(Exception fault) => fault is StoreUnavailableException or BrokenCircuitException or SqliteException;

    private static SegmentId? Find(this IngestPipeline pipeline, string segmentId) =>
        SegmentId.TryCreate(segmentId, out var id) && pipeline.Network.TryFind(id, out _) ? id : null;

    private static int Limit(int? limit, int fallback) => Math.Clamp(limit ?? fallback, 1, MostRows);
}
