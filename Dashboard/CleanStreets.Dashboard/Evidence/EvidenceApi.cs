using CleanStreets.Contracts;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Evidence;

/// <summary>Evidence pictures for the people who judge finds.</summary>
internal static class EvidenceApi
{
    public static void MapEvidence(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/evidence/{truckId}/{evidenceId}", Show).RequireAuthorization(Roles.Staff);

    private static IResult Show(string truckId, string evidenceId, EvidenceArchive archive) =>
        TruckId.TryCreate(truckId, out var truck) && IdentifierRule.IsValid(evidenceId) && archive.Read(truck, evidenceId) is { } jpeg
            ? TypedResults.Bytes(jpeg, "image/jpeg")
            : Problems.Of(404, "no_picture", "This picture is not here: it never came, or it was too old.");
}
