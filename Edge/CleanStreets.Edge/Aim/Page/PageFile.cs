using Microsoft.AspNetCore.Http;

namespace CleanStreets.Edge.Aim.Page;

/// <summary>The parts of the page, built into the program: a box has no way to fetch any, and nobody can change them on its disk.</summary>
internal static class PageFile
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    };

    /// <summary>The text of a part.</summary>
    public static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PageFile).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>Answers with a part.</summary>
    public static async Task WriteAsync(HttpContext http, string name)
    {
        await using var part = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        http.Response.ContentType = Types[Path.GetExtension(name)];
        http.Response.ContentLength = part.Length;
        await part.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
