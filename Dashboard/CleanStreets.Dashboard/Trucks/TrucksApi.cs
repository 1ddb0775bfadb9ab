using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;

namespace CleanStreets.Dashboard.Trucks;

/// <summary>Where the trucks are now and how they do. No trail is kept here.</summary>
internal static class TrucksApi
{
    public static void MapTrucks(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/trucks", (LiveBoard board) => new { revision = board.Revision, trucks = board.Trucks }).RequireAuthorization(Roles.Watch);
}
