using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using CleanStreets.Contracts.Facts;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Evidence;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Finds that wait for a person: the detector sees a pile, only a person makes it illegal dumping.</summary>
internal static class ConfirmationsApi
{
    public static void MapConfirmations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/confirmations", ListAsync).RequireAuthorization(Roles.Staff);
        routes.MapPost("/api/confirmations/{detectionId}", Decide).RequireAuthorization(Roles.Staff);
    }

    internal sealed record Decision(string? SegmentId, string? Verdict);

    private static async Task<IResult> ListAsync(ReadApiClient readApi, LiveBoard board, EvidenceArchive evidence, CancellationToken cancellation)
    {
        var answer = await readApi.ConfirmationsAsync(cancellation);
        if (answer.Value is not { } waiting)
        {
            return Problems.Of(503, "ingest_away", answer.Problem!);
        }

        var map = board.Current?.Map;
        return TypedResults.Ok(new
        {
            confirmations = waiting.Select(find =>
            {
                var segment = map?.Find(find.SegmentId);
                return new
                {
                    find.DetectionId,
                    find.SegmentId,
                    find.Kind,
                    find.Side,
                    find.SeenAt,
                    find.TruckId,
                    find.Confidence,
                    find.EvidenceId,
                    picture = evidence.AddressOf(find.TruckId, find.EvidenceId),
                    segmentIndex = segment?.Index,
                    segmentName = segment?.Label,
                    block = segment?.Block,
                    center = segment?.Center,
                };
            }),
        });
    }

    private static IResult Decide(string detectionId, Decision body, ClaimsPrincipal user, LiveBoard board, FactOutbox outbox, TimeProvider time)
    {
        FactKind? kind = body.Verdict switch { "confirmed" => FactKind.DetectionConfirmed, "refused" => FactKind.DetectionRefused, _ => null };
        if (kind is null || detectionId.Length > 128)
        {
            return Problems.Of(400, "unknown_verdict", "verdict is confirmed or refused.");
        }

        if (board.Current?.Map.Find(body.SegmentId) is not { } segment)
        {
            return Problems.Of(404, "unknown_segment", "There is no such street segment.");
        }

        outbox.Add(new Fact
        {
            FactId = IdOf(detectionId, kind.Value),
            SegmentId = segment.Id,
            Kind = kind.Value,
            At = time.GetUtcNow(),
            By = user.Name(),
            DetectionId = detectionId,
        });
        return TypedResults.Accepted((string?)null);
    }

    // The same verdict on the same find is the same fact, however often the button is pressed.
    private static string IdOf(string detectionId, FactKind kind) =>
        $"{(byte)kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(detectionId)))[..40]}";
}
