using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace CleanStreets.Dashboard.Web;

/// <summary>The built pages as static files. They hold no data and are public; everything they show comes from <c>/api</c>.</summary>
internal static class WebPages
{
    private const string NotBuilt =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>CleanStreets</title>
        <h1>CleanStreets dashboard</h1>
        <p>The server runs, its pages have not been built yet. In <code>Dashboard/web</code> run <code>npm ci</code> and <code>npm run build</code>, then start again.</p></html>
        """;

    public static void UseWebPages(this WebApplication app, string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, "index.html")))
        {
            app.Use((context, next) => context.Request.Path == "/" ? Results.Content(NotBuilt, "text/html; charset=utf-8").ExecuteAsync(context) : next(context));
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        app.Lifetime.ApplicationStopped.Register(files.Dispose);
        app.Use((context, next) =>
        {
            context.Request.Path = FileOf(context.Request.Path, files);
            return next(context);
        });
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".mjs"] = "text/javascript";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = types, OnPrepareResponse = SetCaching });
    }

    /// <summary>Looks for the pages where the option says, where publishing puts them, and up the tree in a checkout.</summary>
    public static string? FindFolder(string? named)
    {
        if (named is not null)
        {
            return named;
        }

        var published = Path.Combine(AppContext.BaseDirectory, "web");
        if (Directory.Exists(published))
        {
            return published;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "Dashboard", "web", "dist");
            if (Directory.Exists(built))
            {
                return built;
            }
        }

        return null;
    }

    // "/" is index.html and "/crew" is crew.html, when they exist; "/api" and "/tiles" never are.
    private static PathString FileOf(PathString path, PhysicalFileProvider files)
    {
        var name = path == "/" ? "/index" : path.Value ?? string.Empty;
        var isPage = name.Length > 1 && name.AsSpan(1).IndexOfAny('/', '.') < 0;
        return isPage && files.GetFileInfo(name + ".html").Exists ? name + ".html" : path;
    }

    // Vite names assets by their content, so those never change; pages always ask.
    private static void SetCaching(StaticFileResponseContext context) =>
        context.Context.Response.Headers.CacheControl = context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.OrdinalIgnoreCase)
            ? "public, max-age=31536000, immutable"
            : "no-cache";
}
