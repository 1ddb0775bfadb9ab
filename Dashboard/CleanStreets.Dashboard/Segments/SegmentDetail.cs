using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.WorkOrders;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.Segments;

/// <summary>Everything about one street segment, from us and from ingest; what ingest cannot tell is named in <c>problems</c>.</summary>
internal sealed class SegmentDetail(ReadApiClient readApi, LiveBoard board, OrderDesk desk, TimeProvider time)
{
    private const int HistoryDays = 30;
    private const int Passes = 20;

    public async Task<JsonObject> OfAsync(LiveBoard.Streets streets, MapSegment segment, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var history = readApi.HistoryAsync(segment.Id, now.AddDays(-HistoryDays), cancellation);
        var passes = readApi.PassesAsync(segment.Id, null, Passes, cancellation);
        var explanation = readApi.ExplainAsync(segment.Id, asOf: null, cancellation);
        var measure = readApi.MeasureAsync(cancellation);
        await Task.WhenAll(history, passes, explanation, measure);

        var score = streets.Score(segment.Index);
        var book = desk.View.Book;
        var detail = new JsonObject
        {
            ["segment"] = Node(SegmentRow.Of(segment, score, OrderOf(book, segment, user), now)),
            ["geometry"] = Node(segment.Geometry),
            ["orders"] = Node(Orders(book, segment, user)),
            ["problems"] = Node(Problems((await history).Problem, (await passes).Problem, (await explanation).Problem)),
        };
        Add(detail, "score", score);
        Add(detail, "history", (await history).Value is { } points ? Lettered(points) : null);
        Add(detail, "passes", (await passes).Value is { } seen ? Lettered(seen, user) : null);
        Add(detail, "explanation", Shown((await explanation).Value, user));
        Add(detail, "measure", (await measure).Value); // Marks on the chart; without them it is as good as it was.
        Add(detail, "candidate", user.MayWatch() ? Candidate(segment.Id) : null);
        return detail;
    }

    /// <summary>The order a row speaks of: a live one, else the newest that waits for a pass.</summary>
    public static WorkOrder? OrderOf(OrderBook book, MapSegment segment, ClaimsPrincipal user) => book.Of(segment.Id)
        .Where(order => OrdersApi.MaySee(user, order) && (order.IsLive || order.State == OrderState.Done))
        .OrderByDescending(order => order.IsLive).ThenByDescending(order => order.ChangedAt)
        .FirstOrDefault();

    private IEnumerable<OrderView> Orders(OrderBook book, MapSegment segment, ClaimsPrincipal user) => book.Of(segment.Id)
        .Where(order => OrdersApi.MaySee(user, order))
        .OrderByDescending(order => order.OpenedAt)
        .Select(order => OrderView.Of(order, OrdersApi.ActorOf(user), board));

    private object? Candidate(SegmentId segment)
    {
        var candidates = desk.View.Candidates;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].SegmentId == segment)
            {
                return CandidatesApi.Describe(candidates[i], i + 1, desk.View.Loads.Sum(load => load.Room), board);
            }
        }

        return null;
    }

    private static JsonArray Lettered(IReadOnlyList<ScorePoint> points) => [.. points.Select(point => WithLetter(Node(point), point.Grade))];

    // Which truck came by when is personal data of its driver: crews need not know it.
    private static JsonArray Lettered(IReadOnlyList<PassSummary> passes, ClaimsPrincipal user) =>
        [.. passes.Select(pass => Shown(WithLetter(Node(pass), pass.Grade), user))];

    /// <summary>Why a street had its grade at a moment, as <paramref name="user"/> may see it.</summary>
    /// <returns>The explanation, or why there is none.</returns>
    public async Task<(JsonNode? Explanation, string? Problem)> ExplainAsync(MapSegment segment, DateTimeOffset? asOf, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var answer = await readApi.ExplainAsync(segment.Id, asOf, cancellation);
        return (Shown(answer.Value, user), answer.Problem);
    }

    private static JsonNode? Shown(ScoreExplanation? explanation, ClaimsPrincipal user)
    {
        if (explanation is null)
        {
            return null;
        }

        var node = Node(explanation).AsObject();
        node["passes"] = Lettered(explanation.Passes, user);
        if (explanation.Score.Grade is { } grade)
        {
            node["letter"] = grade.Letter().ToString();
        }

        if (explanation.ArrivedLater?.Grade is { } then)
        {
            node["arrivedLater"]!["letter"] = then.Letter().ToString();
        }

        foreach (var pass in node["arithmetic"]?["passes"]?.AsArray() ?? [])
        {
            Shown(pass!, user);
        }

        return node;
    }

    private static JsonNode Shown(JsonNode pass, ClaimsPrincipal user)
    {
        if (!user.MayWatch())
        {
            pass.AsObject().Remove("truckId");
            pass.AsObject().Remove("cameraId");
        }

        return pass;
    }

    private static JsonNode WithLetter(JsonNode node, Grade? grade)
    {
        if (grade is { } known)
        {
            node["letter"] = known.Letter().ToString();
        }

        return node;
    }

    private static IEnumerable<string> Problems(string? history, string? passes, string? explanation)
    {
        if (history is not null)
        {
            yield return $"The history is missing: {history}";
        }

        if (passes is not null)
        {
            yield return $"The passes are missing: {passes}";
        }

        if (explanation is not null)
        {
            yield return $"The reasons are missing: {explanation}";
        }
    }

    private static void Add<T>(JsonObject detail, string name, T? value)
        where T : class
    {
        if (value is not null)
        {
            detail[name] = value as JsonNode ?? Node(value);
        }
    }

    private static JsonNode Node<T>(T value) => JsonSerializer.SerializeToNode(value, DashboardJson.Options)!;
}
