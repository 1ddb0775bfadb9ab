using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Stands in for a server of line protocol that answers what a test wants; what it accepts it keeps as a real one would, by tags and time.</summary>
internal sealed class StubStore : IAsyncDisposable
{
    /// <summary>What shows that a server takes lines at all.</summary>
    private const string PlainLine = "cleanstreets_check ok=1i";

    private readonly WebApplication _app;

    private StubStore(WebApplication app) => _app = app;

    /// <summary>Answers a write: the lines, and where to say something else than 204. True: the lines were stored.</summary>
    public Func<IReadOnlyList<string>, HttpContext, Task<bool>> Answer { get; set; } = (_, _) => Task.FromResult(true);

    public ConcurrentDictionary<string, string> Points { get; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<StubStore> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var stub = new StubStore(builder.Build());
        stub._app.MapPost("/write", stub.WriteAsync);
        stub._app.MapPost("/api/v2/write", stub.WriteAsync);
        stub._app.MapPost("/query", async context =>
        {
            var form = await context.Request.ReadFormAsync();
            stub.Requests.Enqueue($"{context.Request.Headers.Authorization} {form["q"]}");
            await context.Response.WriteAsync("{\"results\":[{\"statement_id\":0}]}");
        });
        await stub._app.StartAsync();
        return stub;
    }

    public static async Task<bool> SayAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
        return false;
    }

    /// <summary>Stores what <paramref name="isGood"/> says and answers as InfluxDB 1.x does when it drops some.</summary>
    public Task<bool> StorePartlyAsync(IReadOnlyList<string> lines, HttpContext context, Func<string, bool> isGood)
    {
        var good = lines.Where(isGood).ToList();
        good.ForEach(Keep);
        return good.Count == lines.Count
            ? Task.FromResult(true)
            : SayAsync(context, 400, $"{{\"error\":\"partial write: field type conflict: it is so dropped={lines.Count - good.Count}\"}}\n");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task WriteAsync(HttpContext context)
    {
        context.Request.Headers.ContentEncoding.ToString().ShouldBe("gzip");
        using var reader = new StreamReader(new GZipStream(context.Request.Body, CompressionMode.Decompress), Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Requests.Enqueue($"{context.Request.Headers.Authorization} {context.Request.Path}{context.Request.QueryString} {lines.Length}");
        if (await Answer(lines, context))
        {
            lines.ToList().ForEach(Keep);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private void Keep(string line)
    {
        if (line == PlainLine)
        {
            return;
        }

        var twin = LineTwin.Read(line + "\n");
        Points[$"{twin.Measurement} {string.Join(',', twin.Tags)} {twin.Time}"] = line;
    }
}
