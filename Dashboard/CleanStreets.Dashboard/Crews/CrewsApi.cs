using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.WorkOrders;

namespace CleanStreets.Dashboard.Crews;

/// <summary>Crews and the room of their day.</summary>
internal static class CrewsApi
{
    public static void MapCrews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/crews", (OrderDesk desk) => new { crews = desk.View.Crews.Select(crew => new { crewId = crew.Id, crew.Name }) })
            .RequireAuthorization(Roles.Watch);
        routes.MapGet("/api/plan", (OrderDesk desk) => Describe(desk.View)).RequireAuthorization(Roles.Watch);
        routes.MapPut("/api/plan", SetCapacityAsync).RequireAuthorization(Roles.Staff);
    }

    internal sealed record NewCapacity(int Capacity);

    private static async Task<IResult> SetCapacityAsync(NewCapacity body, OrderDesk desk)
    {
        if (body.Capacity is < 0 or > 10_000)
        {
            return Web.Problems.Of(400, "bad_capacity", "The day's capacity is 0 to 10,000 orders.");
        }

        await desk.SetCapacityAsync(body.Capacity);
        return TypedResults.Ok(Describe(desk.View));
    }

    private static object Describe(DeskView view) => new
    {
        day = view.Day,
        capacity = view.Capacity,
        used = view.Loads.Sum(load => load.Used),
        crews = view.Loads.Select(load => new
        {
            crewId = load.Crew,
            load.Capacity,
            open = view.Book.All.Count(order => order.Crew == load.Crew && order.IsLive),
            done = load.Used - view.Book.All.Count(order => order.Crew == load.Crew && order.IsLive),
        }),
    };
}
