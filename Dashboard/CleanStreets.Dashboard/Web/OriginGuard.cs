namespace CleanStreets.Dashboard.Web;

/// <summary>Refuses what another site's page tries to do with a user's cookie: unsafe methods and the event stream.</summary>
/// <remarks>
/// Browsers name the page's origin on every cross-site request, and newer ones send Sec-Fetch-Site with all of them.
/// Programs that are no browser send neither and hold no stranger's cookie. Only host and port are compared: behind
/// a proxy that ends TLS the scheme differs.
/// </remarks>
internal static class OriginGuard
{
    public static void UseOriginGuard(this IApplicationBuilder app) => app.Use((context, next) =>
        IsGuarded(context.Request) && !IsOwn(context.Request)
            ? Problems.Of(403, "wrong_origin", "This request came from a page of another site.").ExecuteAsync(context)
            : next(context));

    private static bool IsGuarded(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || request.Path.StartsWithSegments("/api/live", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
