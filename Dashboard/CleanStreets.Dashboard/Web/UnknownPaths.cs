using Microsoft.Net.Http.Headers;

namespace CleanStreets.Dashboard.Web;

/// <summary>Answers 404 before anybody is asked who they are: a path that is nothing needs no log-in.</summary>
internal static class UnknownPaths
{
    /// <summary>People get a page that leads back to the map, programs the error as JSON.</summary>
    /// <param name="app">The pipeline, after routing.</param>
    /// <param name="folder">Where the built pages are; null when there are none.</param>
    public static void UseUnknownPaths(this IApplicationBuilder app, string? folder)
    {
        var file = folder is null ? null : Path.GetFullPath(Path.Combine(folder, "missing.html"));
        app.Use((context, next) =>
            context.GetEndpoint() is not null ? next(context)
            : file is not null && File.Exists(file) && WantsPage(context.Request) ? PageAsync(context, file)
            : Problems.Of(404, "not_found", "There is nothing under this address.").ExecuteAsync(context));
    }

    private static bool WantsPage(HttpRequest request) => HttpMethods.IsGet(request.Method)
        && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var wanted)
        && wanted.Any(type => type.MediaType == "text/html");

    private static Task PageAsync(HttpContext context, string file)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.SendFileAsync(file, context.RequestAborted);
    }
}
