using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>Mappings that stand: to list with what each has mended, to try on what waits, to keep and to remove.</summary>
internal static class MappingApi
{
    private const int LongestPerson = 64;

    public static void MapMappings(this IEndpointRouteBuilder routes, IngestPipeline pipeline, MappingDesk desk, QuarantineReleaser releaser, IOptions<QuarantineOptions> options)
    {
        routes.MapGet(ReadApiPaths.QuarantineMappings, () =>
            Results.Json(new QuarantineMappingList(options.Value.Mappings, pipeline.Quarantine.Mappings), ContractJson.Default.QuarantineMappingList));
        routes.MapPost(ReadApiPaths.QuarantineMappingTrial, (QuarantineMapping mapping) => Try(pipeline, releaser, mapping));
        routes.MapPost(ReadApiPaths.QuarantineMappings, (QuarantineMapping mapping) => AddAsync(pipeline, desk, mapping));
        routes.MapDelete(ReadApiPaths.QuarantineMapping, (string id, string? by) => RemoveAsync(pipeline, desk, id, by));
    }

    private static IResult Try(IngestPipeline pipeline, QuarantineReleaser releaser, QuarantineMapping mapping)
    {
        if (MappingRules.Problem(mapping) is { } problem)
        {
            return Problem(problem);
        }

        try
        {
            return Results.Json(releaser.Try(mapping, pipeline.QuarantineIndex).Trial, ContractJson.Default.QuarantineMappingTrial);
        }
        catch (SqliteException fault)
        {
            return QuarantineApi.Unlisted(fault);
        }
    }

    private static async Task<IResult> AddAsync(IngestPipeline pipeline, MappingDesk desk, QuarantineMapping mapping)
    {
        if (MappingRules.Problem(mapping) is { } problem)
        {
            return Problem(problem);
        }

        try
        {
            var (added, refused) = await desk.AddAsync(mapping, pipeline.QuarantineIndex, pipeline.QuarantineListed, pipeline.Completion);
            return added is null ? Refused(refused!) : Results.Json(added, ContractJson.Default.QuarantineMappingAdded);
        }
        catch (SqliteException fault)
        {
            // It stands; what waits is released when it is asked for again.
            return QuarantineApi.Unlisted(fault);
        }
    }

    private static async Task<IResult> RemoveAsync(IngestPipeline pipeline, MappingDesk desk, string id, string? by) =>
        !IdentifierRule.IsValid(id) ? Problem("id is not 1 to 64 of letters, digits, '.', '_', '-'.")
        : by is not { Length: > 0 and <= LongestPerson } ? Problem($"by is missing or longer than {LongestPerson} characters.")
        : await desk.RemoveAsync(id, by, pipeline.Completion) is { } refused ? Refused(refused)
        : Results.NoContent();

    private static IResult Problem(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Refused(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
