using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Streets worth an order, best first, with the reason.</summary>
internal static class CandidatesApi
{
    public static void MapCandidates(this IEndpointRouteBuilder routes) => routes.MapGet("/api/candidates", List).RequireAuthorization(Roles.Watch);

    private static IResult List(int? limit, OrderDesk desk, LiveBoard board)
    {
        var view = desk.View;
        var room = view.Loads.Sum(load => load.Room);
        return TypedResults.Ok(new
        {
            day = view.Day,
            capacity = view.Capacity,
            used = view.Loads.Sum(load => load.Used),
            candidates = view.Candidates.Take(Math.Clamp(limit ?? 50, 1, 1000)).Select((candidate, i) => Describe(candidate, i + 1, room, board)),
        });
    }

    internal static object Describe(Candidate candidate, int rank, int room, LiveBoard board)
    {
        var segment = board.Current?.Map.Find(candidate.SegmentId);
        var score = candidate.Street.Score;
        return new
        {
            segmentId = candidate.SegmentId,
            segmentIndex = segment?.Index,
            segmentName = candidate.Street.Name,
            block = segment?.Block,
            center = segment?.Center,
            letter = score.Grade?.Letter(),
            index = score.Index,
            low = score.Low,
            high = score.High,
            rank,
            benefit = candidate.Benefit,
            dirtyProbability = candidate.DirtyProbability,
            reason = candidate.Reason,
            inPlan = rank <= room,
        };
    }
}
