using System.Security.Claims;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.WorkOrders;

namespace CleanStreets.Dashboard.Health;

/// <summary>Whether we live, whether we are ready, and how the whole road does.</summary>
internal static class HealthApi
{
    /// <summary>Load balancers and monitors probe by HEAD; the server leaves the body out.</summary>
    private static readonly string[] Probing = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz", Probing, () => "ok").AllowAnonymous();
        routes.MapMethods("/readyz", Probing, Ready).AllowAnonymous();
        routes.MapGet("/api/health", DescribeAsync).RequireAuthorization(Roles.Watch);
    }

    private static IResult Ready(LiveBoard board, IngestState ingest)
    {
        var (streets, mqtt, readApi) = (board.Current is not null, ingest.IsLinked, ingest.Answers);
        var ready = streets && mqtt;
        return TypedResults.Json(new { ready, streets, mqtt, readApi }, statusCode: ready ? 200 : 503);
    }

    private static async Task<IResult> DescribeAsync(
        ClaimsPrincipal user, ReadApiClient readApi, IngestState ingest, IngestLink link, LiveBoard board, LiveHub hub, FactOutbox outbox,
        Uptime uptime, TimeProvider time, CancellationToken cancellation)
    {
        var status = await readApi.StatusAsync(cancellation);
        var quarantine = user.IsStaff() ? await readApi.QuarantineAsync(100, cancellation) : default;
        return TypedResults.Ok(new
        {
            startedAt = uptime.StartedAt,
            now = time.GetUtcNow(),
            ingest = board.Ingest,
            ingestStatus = status.Value ?? ingest.Status,
            quarantine = quarantine.Value,
            live = new { clients = hub.Clients, evicted = hub.Evicted, revision = board.Revision },
            factsWaiting = outbox.Waiting,
            unreadableMessages = link.Unreadable,
            problems = new[] { Sentence("Ingest's counters are old", status.Problem), Sentence("The quarantine is missing", quarantine.Problem) }.OfType<string>(),
        });
    }

    private static string? Sentence(string what, string? problem) => problem is null ? null : $"{what}: {problem}";
}

/// <summary>Since when this program runs.</summary>
internal sealed record Uptime(DateTimeOffset StartedAt);
