using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Scorecards;

/// <summary>Figures of districts and zones for analysts and residents; ingest reckons them out of the live evidence.</summary>
internal static class ScorecardsApi
{
    private static readonly Dictionary<string, int> DaysOf = new(StringComparer.Ordinal) { ["day"] = 1, ["week"] = 7, ["month"] = 30, ["quarter"] = 91 };

    public static void MapScorecards(this IEndpointRouteBuilder routes)
    {
        var areas = routes.MapGroup("/api/areas").RequireAuthorization(Roles.Watch);
        areas.MapGet(string.Empty, ListAsync);
        areas.MapGet("/closed", ClosedAsync);
        areas.MapGet("/outlines", OutlinesAsync);
        areas.MapGet("/trucks", TrucksAsync);
        areas.MapPost("/zone", ZoneAsync);
    }

    internal sealed record ZoneQuestion(IReadOnlyList<IReadOnlyList<double>>? Zone, string? Period);

    private static async Task<IResult> ListAsync(string? period, ReadApiClient readApi, TimeProvider time, CancellationToken cancellation) =>
        Unknown(period) ?? Told(await readApi.AreasAsync(Of(period, time), cancellation));

    private static async Task<IResult> ClosedAsync(ReadApiClient readApi, CancellationToken cancellation) =>
        await readApi.ClosedAreasAsync(cancellation) is { Value: { } closed }
            ? TypedResults.Ok(closed)
            : Problems.Of(503, "ingest_away", "Closed periods are not known just now: ingest does not answer.");

    private static async Task<IResult> OutlinesAsync(ReadApiClient readApi, CancellationToken cancellation) =>
        await readApi.AreaOutlinesAsync(cancellation) is { } outlines
            ? TypedResults.Bytes(outlines, "application/geo+json")
            : Problems.Of(503, "ingest_away", "The districts are not known just now: ingest does not answer.");

    private static async Task<IResult> TrucksAsync(string? area, string? period, ReadApiClient readApi, TimeProvider time, CancellationToken cancellation)
    {
        if (Unknown(period) is { } fault)
        {
            return fault;
        }

        var (from, to) = Of(period, time);
        return from is null
            ? Problems.Of(400, "needs_period", "What leaving out a truck changes is asked of a period: day, week, month or quarter.")
            : Told(await readApi.AreaAsync(new AreaQuestion(area ?? string.Empty, null, from, to, LeaveOneOut: true), cancellation));
    }

    private static async Task<IResult> ZoneAsync(ZoneQuestion body, ReadApiClient readApi, TimeProvider time, CancellationToken cancellation)
    {
        if (Unknown(body.Period) is { } fault)
        {
            return fault;
        }

        var (from, to) = Of(body.Period, time);
        return Told(await readApi.AreaAsync(new AreaQuestion(null, body.Zone ?? [], from, to), cancellation));
    }

    private static IResult? Unknown(string? period) => period is null or "now" || DaysOf.ContainsKey(period)
        ? null
        : Problems.Of(400, "unknown_period", "period is now, day, week, month or quarter.");

    // Whole minutes, so that all who ask within one get the answer that one of them made ingest reckon.
    private static (DateTimeOffset? From, DateTimeOffset? To) Of(string? period, TimeProvider time)
    {
        if (period is null || !DaysOf.TryGetValue(period, out var days))
        {
            return (null, null);
        }

        var now = time.GetUtcNow();
        var to = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        return (to.AddDays(-days), to);
    }

    private static IResult Told((AreaReport? Report, int Status, string? Problem) answer) => answer switch
    {
        { Report: { } report } => TypedResults.Ok(report),
        { Status: 404 } => Problems.Of(404, "unknown_area", "There is no such area."),
        { Status: 400 } => Problems.Of(400, "bad_zone", answer.Problem ?? "That cannot be asked."),
        _ => Problems.Of(503, "ingest_away", answer.Problem ?? "Ingest does not answer."),
    };
}
