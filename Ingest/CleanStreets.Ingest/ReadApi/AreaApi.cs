using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Areas;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>Districts of the layer, and zones that somebody draws.</summary>
internal static class AreaApi
{
    private const int MostCorners = 500;
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);

    public static void MapAreas(this IEndpointRouteBuilder routes, AreaDesk desk)
    {
        var outlines = AreaSource.Outlines(desk.Layer);
        routes.MapGet(ReadApiPaths.AreaOutlines, () => Results.Bytes(outlines, "application/geo+json"));
        routes.MapGet(ReadApiPaths.Areas, async (DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) =>
            Fault(from, to) is { } fault
                ? Refuse(fault)
                : Results.Json(await desk.AllAsync(from, to, cancellationToken), ContractJson.Default.AreaReport));
        routes.MapGet(ReadApiPaths.ClosedPeriods, async (CancellationToken cancellationToken) =>
            Results.Json(await desk.ClosedAsync(cancellationToken), ContractJson.Default.IReadOnlyListAreaReport));
        routes.MapPost(ReadApiPaths.AreaIndex, async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            var question = await ReadAsync(request, cancellationToken);
            if (question is null || (question.Area is null) == (question.Zone is null))
            {
                return Refuse("Name an area, or give a zone of corners: one of the two.");
            }

            if (Fault(question.From, question.To) is { } fault)
            {
                return Refuse(fault);
            }

            if (question is { LeaveOneOut: true, From: null })
            {
                return Refuse("What leaving out a truck changes is asked of a period: give from and to.");
            }

            var report = question.Zone is null ? await desk.OneAsync(question.Area!, question, cancellationToken)
                : ShapeOf(question.Zone) is { } zone ? await desk.ZoneAsync(zone, question, cancellationToken)
                : null;
            return report is not null ? Results.Json(report, ContractJson.Default.AreaReport)
                : question.Zone is null ? Results.NotFound()
                : Refuse($"A zone has 3 to {MostCorners} corners, each [longitude, latitude] in degrees.");
        });
    }

    private static async Task<AreaQuestion?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, ContractJson.Default.AreaQuestion, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Fault(DateTimeOffset? from, DateTimeOffset? to) =>
        (from is null) != (to is null) ? "A period has both ends: give from and to, or neither for the condition now."
        : from >= to ? "A period begins before it ends."
        : to - from > LongestPeriod ? "A period is at most a year long."
        : null;

    private static AreaShape? ShapeOf(IReadOnlyList<IReadOnlyList<double>> corners)
    {
        if (corners.Count is < 3 or > MostCorners
            || corners.Any(corner => corner is not [>= -180 and <= 180, >= -90 and <= 90]))
        {
            return null;
        }

        GeoPoint[] ring = [.. corners.Select(corner => new GeoPoint(corner[1], corner[0]))];
        return ring.Distinct().Count() >= 3 ? new AreaShape([ring]) : null;
    }

    private static IResult Refuse(string sentence) => Results.Problem(title: "That cannot be asked.", detail: sentence, statusCode: StatusCodes.Status400BadRequest);
}
