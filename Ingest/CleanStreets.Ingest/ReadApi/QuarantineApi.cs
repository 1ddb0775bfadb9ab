using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>What is quarantined: to list, to look at, to download, and to admit again.</summary>
internal static class QuarantineApi
{
    private const int DefaultItems = 50;
    private const int MostItems = 500;
    private const int LongestName = 64;

    public static void MapQuarantine(this IEndpointRouteBuilder routes, IngestPipeline pipeline, QuarantineReleaser releaser, JournalLookup journal)
    {
        routes.MapGet(ReadApiPaths.QuarantineItems, (string? reason, string? truckId, string? before, int? limit) => Asked(() => List(pipeline, reason, truckId, before, limit)));
        routes.MapGet(ReadApiPaths.QuarantineItem, (string id) => Asked(() => Look(pipeline, journal, id)));
        routes.MapGet(ReadApiPaths.QuarantinePayload, (string id, HttpResponse response) => Download(journal, id, response));
        routes.MapPost(ReadApiPaths.QuarantineRelease, (QuarantineRelease request) => ReleaseAsync(pipeline, releaser, request));
    }

    public static void AddQuarantine(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default));
        services.AddSingleton(provider => new JournalLookup(provider.GetRequiredService<IngestPaths>().Journal));
        services.AddSingleton(provider => provider.GetRequiredService<IngestPipeline>().Receivers.Releases);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<Admit.AdmissionOptions>>().Value);
        services.AddSingleton<QuarantineReleaser>();
        services.AddSingleton<MappingDesk>();
    }

    private static IResult List(IngestPipeline pipeline, string? reason, string? truckId, string? before, int? limit)
    {
        QuarantineReason? wanted = null;
        if (!string.IsNullOrEmpty(reason))
        {
            wanted = Enum.GetValues<QuarantineReason>().FirstOrDefault(known => known.Tag() == reason);
            if (wanted == QuarantineReason.None)
            {
                return Problem($"There is no reason '{Shown(reason)}'.");
            }
        }

        QuarantineId? from = null;
        if (!string.IsNullOrEmpty(before))
        {
            if (!QuarantineId.TryParse(before, out var id))
            {
                return Problem("'before' is not the id of an item.");
            }

            from = id;
        }

        var most = Math.Clamp(limit ?? DefaultItems, 1, MostItems);
        var found = pipeline.QuarantineIndex.List(wanted, string.IsNullOrEmpty(truckId) ? null : truckId, from, most + 1);
        var counts = pipeline.QuarantineIndex.Count().OrderByDescending(count => count.Value.Listed)
            .Select(count => new QuarantineCount(count.Key.Tag(), count.Key.Message(), count.Value.Listed, count.Value.Released));
        var page = new QuarantinePage([.. counts], [.. found.Take(most).Select(Item)], found.Count > most ? found[most - 1].Id.ToString() : null);
        return Results.Json(page, ContractJson.Default.QuarantinePage);
    }

    private static IResult Look(IngestPipeline pipeline, JournalLookup journal, string id)
    {
        if (!QuarantineId.TryParse(id, out var wanted) || pipeline.QuarantineIndex.Find(wanted) is not { } entry)
        {
            return Results.NotFound();
        }

        QuarantineDetail? detail = null;
        return journal.TryRead(wanted.Position, (in record) => detail = PayloadView.Of(Item(entry), record.Payload))
            ? Results.Json(detail!, ContractJson.Default.QuarantineDetail)
            : Results.NotFound();
    }

    private static IResult Download(JournalLookup journal, string id, HttpResponse response)
    {
        byte[]? payload = null;
        if (!QuarantineId.TryParse(id, out var wanted) || !journal.TryRead(wanted.Position, (in record) => payload = record.Payload.ToArray()))
        {
            return Results.NotFound();
        }

        // Bytes from outside: to be saved, never to be shown by a browser as whatever they look like.
        response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(payload!, "application/octet-stream", $"quarantine-{wanted}.bin");
    }

    private static async Task<IResult> ReleaseAsync(IngestPipeline pipeline, QuarantineReleaser releaser, QuarantineRelease request)
    {
        if (Fault(request) is { } fault)
        {
            return Problem(fault);
        }

        try
        {
            return Results.Json(await releaser.ReleaseAsync(request, pipeline.QuarantineIndex, pipeline.QuarantineListed, pipeline.Completion), ContractJson.Default.IReadOnlyListQuarantineReleaseResult);
        }
        catch (SqliteException unlisted)
        {
            return Unlisted(unlisted);
        }
    }

    private static IResult Asked(Func<IResult> ask)
    {
        try
        {
            return ask();
        }
        catch (SqliteException fault)
        {
            return Unlisted(fault);
        }
    }

    public static IResult Unlisted(SqliteException fault) => Results.Problem(
        $"The list of what is quarantined cannot be read at the moment ({fault.Message}). Nothing is lost: the journal keeps everything, and the list is made again from it.",
        statusCode: StatusCodes.Status503ServiceUnavailable);

    private static string? Fault(QuarantineRelease request) =>
        !IdentifierRule.IsValid(request.DecisionId) ? "decisionId is missing or is not 1 to 64 of letters, digits, '.', '_', '-'."
        : request.By is not { Length: > 0 and <= LongestName } ? $"by is missing or longer than {LongestName} characters."
        : request.Items is not { Count: > 0 and <= MostItems } ? $"items are 1 to {MostItems} ids."
        : request.Items.Any(item => !QuarantineId.TryParse(item, out _)) ? "An id in items is none."
        : request.Fix is null ? "fix is missing; {} changes nothing."
        : request.Fix.TruckId is { } truck && !IdentifierRule.IsValid(truck) ? "truckId is not 1 to 64 of letters, digits, '.', '_', '-'."
        : request.Fix.SessionId is { } session && !IdentifierRule.IsValid(session) ? "sessionId is not 1 to 64 of letters, digits, '.', '_', '-'."
        : null;

    private static QuarantineListItem Item(QuarantineEntry entry) => new(
        entry.Id.ToString(),
        DateTimeOffset.FromUnixTimeMilliseconds(entry.ReceivedAtMs),
        entry.Reason.Tag(),
        entry.Reason.Message(),
        entry.Truck,
        entry.Session,
        entry.Id.IsOfMessage ? null : entry.Id.Sequence,
        entry.Bytes,
        entry.Release?.By,
        entry.Release is { } release ? DateTimeOffset.FromUnixTimeMilliseconds(release.AtMs) : null);

    private static IResult Problem(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static string Shown(string text) => text.Length <= LongestName ? text : text[..LongestName] + "…";
}
