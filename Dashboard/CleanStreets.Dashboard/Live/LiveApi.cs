using System.Globalization;
using System.Net.ServerSentEvents;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Live;

/// <summary>The event stream to browsers.</summary>
internal static class LiveApi
{
    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/live", (HttpContext context, LiveHub hub, long? since) => Open(context, hub, since)).RequireAuthorization(Roles.All);

    private static IResult Open(HttpContext context, LiveHub hub, long? since)
    {
        if (hub.Clients >= LiveHub.MaxClients)
        {
            return Problems.Of(503, "too_many_viewers", "Too many pages listen already: try again in a minute.");
        }

        var last = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : since;
        context.Response.Headers["X-Accel-Buffering"] = "no"; // Proxies must pass events on at once.

        // The overload without an event type: with one, .NET 10 wraps the item once more (dotnet/aspnetcore#64183).
        return TypedResults.ServerSentEvents(Stream(hub, new LiveClient(Viewer.Of(context.User), last, context.Abort), context.RequestAborted));
    }

    // The stream ends by completion: the browser leaving completes its queue, as eviction and our own end do.
    private static async IAsyncEnumerable<SseItem<string>> Stream(
        LiveHub hub, LiveClient client, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken gone)
    {
        using var leaving = gone.Register(client.Complete);
        try
        {
            await hub.PostAsync(new LiveInput.ClientJoined(client));
            while (await client.Frames.WaitToReadAsync(CancellationToken.None))
            {
                while (client.Frames.TryRead(out var frame))
                {
                    yield return frame.ToItem();
                }
            }
        }
        finally
        {
            await hub.PostAsync(new LiveInput.ClientLeft(client));
        }
    }
}
