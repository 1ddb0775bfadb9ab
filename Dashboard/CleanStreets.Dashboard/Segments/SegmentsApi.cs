using System.Globalization;
using System.Security.Claims;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Web;
using CleanStreets.Dashboard.WorkOrders;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.Segments;

/// <summary>The table of street segments, which is also what those read who cannot see a map, and the page of one.</summary>
internal static class SegmentsApi
{
    public static void MapSegments(this IEndpointRouteBuilder routes)
    {
        var segments = routes.MapGroup("/api/segments").RequireAuthorization(Roles.All);
        segments.MapGet(string.Empty, List);
        segments.MapGet("/{segmentId}", ShowAsync);
        segments.MapGet("/{segmentId}/explanation", ExplainAsync);
    }

    /// <summary>What of the table is asked for.</summary>
    internal sealed record Question(string? Bbox, string? Q, string? State, int? Limit, int? Offset);

    private static IResult List([AsParameters] Question question, ClaimsPrincipal user, LiveBoard board, OrderDesk desk, TimeProvider time)
    {
        var revision = board.Revision;
        if (board.Current is not { } streets)
        {
            return MapApi.Missing();
        }

        GeoBox? box = null;
        if (question.Bbox is not null)
        {
            if (!GeoBox.TryParse(question.Bbox, out var parsed))
            {
                return Problems.Of(400, "bad_bbox", "bbox is west,south,east,north in degrees.");
            }

            box = parsed;
        }

        var found = streets.Map.Segments.Where(segment => Matches(segment, streets.Score(segment.Index), question, box)).ToList();
        var now = time.GetUtcNow();
        var orders = LatestOrders(desk.View.Book, user);
        return TypedResults.Ok(new
        {
            networkVersion = streets.Map.Version,
            revision,
            now,
            total = found.Count,
            segments = found
                .OrderByDescending(segment => streets.Score(segment.Index)?.Index ?? -1).ThenBy(segment => segment.Index)
                .Skip(Math.Max(0, question.Offset ?? 0))
                .Take(Math.Clamp(question.Limit ?? 2000, 1, 60_000))
                .Select(segment => SegmentRow.Of(segment, streets.Score(segment.Index), orders.GetValueOrDefault(segment.Id), now)),
        });
    }

    private static async Task<IResult> ShowAsync(string segmentId, ClaimsPrincipal user, LiveBoard board, SegmentDetail detail, CancellationToken cancellation)
    {
        if (board.Current is not { } streets)
        {
            return MapApi.Missing();
        }

        return streets.Map.Find(segmentId) is { } segment
            ? TypedResults.Ok(await detail.OfAsync(streets, segment, user, cancellation))
            : Problems.Of(404, "unknown_segment", "There is no such street segment.");
    }

    private static async Task<IResult> ExplainAsync(
        string segmentId, string? asOf, ClaimsPrincipal user, LiveBoard board, SegmentDetail detail, CancellationToken cancellation)
    {
        DateTimeOffset? moment = null;
        if (asOf is not null)
        {
            if (!DateTimeOffset.TryParse(asOf, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            {
                return Problems.Of(400, "bad_moment", "asOf is a moment, for example 2026-11-22T05:38:00Z.");
            }

            moment = parsed;
        }

        if (board.Current is not { } streets)
        {
            return MapApi.Missing();
        }

        if (streets.Map.Find(segmentId) is not { } segment)
        {
            return Problems.Of(404, "unknown_segment", "There is no such street segment.");
        }

        var (explanation, problem) = await detail.ExplainAsync(segment, moment, user, cancellation);
        return explanation is null ? Problems.Of(503, "no_explanation", $"The reasons are missing: {problem}") : TypedResults.Ok(explanation);
    }

    private static bool Matches(MapSegment segment, SegmentScore? score, Question question, GeoBox? box) =>
        (box is not { } wanted || wanted.Meets(segment.Box))
        && (question.Q is null || segment.Label.Contains(question.Q, StringComparison.OrdinalIgnoreCase))
        && (question.State is null || question.State == (score?.State == ScoreState.Seen ? "seen" : "not_seen"));

    private static Dictionary<Contracts.SegmentId, WorkOrder> LatestOrders(OrderBook book, ClaimsPrincipal user)
    {
        var latest = new Dictionary<Contracts.SegmentId, WorkOrder>();
        foreach (var order in book.All.Where(order => OrdersApi.MaySee(user, order) && (order.IsLive || order.State == OrderState.Done)).OrderBy(order => order.IsLive).ThenBy(order => order.ChangedAt))
        {
            latest[order.SegmentId] = order;
        }

        return latest;
    }
}
