using System.Security.Claims;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Quarantine;

/// <summary>Fixes that are kept for what comes: to list, to try, to keep and to remove.</summary>
internal static class MappingApi
{
    private const int LongestId = 64;

    public static void MapMappings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/quarantine/mappings", ListAsync).RequireAuthorization(Roles.Staff);
        routes.MapPost("/api/quarantine/mappings/try", TryAsync).RequireAuthorization(Roles.Staff);
        routes.MapPost("/api/quarantine/mappings", KeepAsync).RequireAuthorization(Roles.Staff);
        routes.MapDelete("/api/quarantine/mappings/{id}", RemoveAsync).RequireAuthorization(Roles.Staff);
    }

    internal sealed record Wanted(QuarantineMatch? Match, QuarantineFix? Fix);

    private static async Task<IResult> ListAsync(ReadApiClient readApi, CancellationToken cancellation) =>
        Of(await readApi.MappingsAsync(cancellation));

    private static async Task<IResult> TryAsync(Wanted body, ClaimsPrincipal user, ReadApiClient readApi, TimeProvider time, CancellationToken cancellation) =>
        MappingOf(body, user, time) is { } mapping ? Of(await readApi.TryAsync(mapping, cancellation)) : Incomplete();

    private static async Task<IResult> KeepAsync(Wanted body, ClaimsPrincipal user, ReadApiClient readApi, TimeProvider time, CancellationToken cancellation) =>
        MappingOf(body, user, time) is { } mapping ? Of(await readApi.KeepAsync(mapping, cancellation)) : Incomplete();

    private static async Task<IResult> RemoveAsync(string id, ClaimsPrincipal user, ReadApiClient readApi, CancellationToken cancellation) =>
        id.Length > LongestId ? Problems.Of(404, "not_found", "There is no such mapping.")
        : await readApi.RemoveMappingAsync(id, user.Name(), cancellation) is { Problem: not null } answer ? NotDone(answer)
        : TypedResults.NoContent();

    private static QuarantineMapping? MappingOf(Wanted body, ClaimsPrincipal user, TimeProvider time) => body is { Match: { } match, Fix: { } fix }
        ? new QuarantineMapping(Guid.CreateVersion7().ToString("N"), user.Name(), time.GetUtcNow().ToUnixTimeMilliseconds(), match, fix)
        : null;

    private static IResult Of<T>(Answer<T> answer)
        where T : class =>
        answer.Value is { } value ? TypedResults.Ok(value) : NotDone(answer);

    private static IResult NotDone<T>(Answer<T> answer)
        where T : class =>
        answer.IsRefusal ? Problems.Of(409, "refused", answer.Problem!) : Problems.Of(503, "ingest_away", answer.Problem!);

    private static IResult Incomplete() => Problems.Of(400, "incomplete", "match says for which messages it is, fix what to change in them.");
}
