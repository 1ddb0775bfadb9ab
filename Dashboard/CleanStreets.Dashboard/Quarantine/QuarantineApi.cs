using System.Security.Claims;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Quarantine;

/// <summary>What ingest has set aside, for those who may look at what devices sent, and their decision that it counts after all.</summary>
internal static class QuarantineApi
{
    private const int PageItems = 50;
    private const int LongestId = 64;

    public static void MapQuarantine(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/quarantine", ListAsync).RequireAuthorization(Roles.Staff);
        routes.MapGet("/api/quarantine/{id}", LookAsync).RequireAuthorization(Roles.Staff);
        routes.MapGet("/api/quarantine/{id}/payload", DownloadAsync).RequireAuthorization(Roles.Staff);
        routes.MapPost("/api/quarantine/release", ReleaseAsync).RequireAuthorization(Roles.Staff);
    }

    internal sealed record Release(IReadOnlyList<string>? Items, QuarantineFix? Fix);

    private static async Task<IResult> ListAsync(ReadApiClient readApi, CancellationToken cancellation, string? reason = null, string? truckId = null, string? before = null) =>
        Of(await readApi.QuarantinePageAsync(reason, truckId, before, PageItems, cancellation));

    private static async Task<IResult> LookAsync(string id, ReadApiClient readApi, CancellationToken cancellation) =>
        id.Length > LongestId ? NotFound() : Of(await readApi.QuarantineDetailAsync(id, cancellation));

    private static async Task<IResult> DownloadAsync(string id, ReadApiClient readApi, CancellationToken cancellation)
    {
        var payload = id.Length > LongestId ? null : await readApi.QuarantinePayloadAsync(id, cancellation);

        // As an attachment of no type: whatever it looks like, a browser saves it and shows nothing.
        return payload is null ? NotFound() : TypedResults.Bytes(payload, "application/octet-stream", $"quarantine-{id}.bin");
    }

    private static async Task<IResult> ReleaseAsync(Release body, ClaimsPrincipal user, ReadApiClient readApi, CancellationToken cancellation)
    {
        if (body.Items is not { Count: > 0 })
        {
            return Problems.Of(400, "no_items", "items are the ids of what is to be admitted again.");
        }

        var decision = new QuarantineRelease(Guid.CreateVersion7().ToString("N"), user.Name(), body.Items, body.Fix ?? new QuarantineFix());
        var answer = await readApi.ReleaseAsync(decision, cancellation);
        return answer.Value is { } results
            ? TypedResults.Ok(new { decisionId = decision.DecisionId, results })
            : Problems.Of(503, "ingest_away", answer.Problem!);
    }

    private static IResult Of<T>(Answer<T> answer)
        where T : class =>
        answer.Value is { } value ? TypedResults.Ok(value) : Problems.Of(503, "ingest_away", answer.Problem!);

    private static IResult NotFound() => Problems.Of(404, "not_found", "Ingest does not hold it any more.");
}
