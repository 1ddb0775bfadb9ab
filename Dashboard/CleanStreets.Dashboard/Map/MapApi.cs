using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Map;

/// <summary>Tiles of the streets, which never change, and the state of all segments, which always does.</summary>
internal static class MapApi
{
    public static void MapMap(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/map/tilejson", (LiveBoard board) => board.Current is { } streets ? TypedResults.Ok(TileJson.Of(streets.Map)) : Missing())
            .RequireAuthorization(Roles.All);
        routes.MapGet("/api/map/state", State).RequireAuthorization(Roles.All);
        routes.MapGet("/tiles/{networkVersion}/{z:int}/{x:int}/{y:int}.mvt", Tile).RequireAuthorization(Roles.All);
    }

    /// <summary>The answer while ingest has not told the streets yet.</summary>
    internal static IResult Missing() => Problems.Of(503, "streets_missing", "The streets have not been read from ingest yet: try again in a moment.");

    private static IResult State(HttpContext context, LiveBoard board, TimeProvider time)
    {
        var revision = board.Revision; // First: what follows is at least as new.
        if (board.Current is not { } streets)
        {
            return Missing();
        }

        context.Response.Headers["X-Network-Version"] = streets.Map.Version;
        return TypedResults.Bytes(MapStateCodec.Write(streets, revision, time.GetUtcNow()), "application/octet-stream");
    }

    private static IResult Tile(string networkVersion, int z, int x, int y, HttpContext context, LiveBoard board, TileCache cache)
    {
        var tile = new TileAddress(z, x, y);
        if (board.Current?.Map is not { } map || map.Version != networkVersion || !tile.IsValid)
        {
            return Problems.Of(404, "unknown_tile", "There is no such tile in this version of the streets.");
        }

        // Private: shared caches must not answer those who are not logged in.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        var bytes = cache.Get(map, tile);
        if (bytes.Length == 0)
        {
            return TypedResults.NoContent();
        }

        context.Response.Headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(bytes, "application/vnd.mapbox-vector-tile");
    }
}
