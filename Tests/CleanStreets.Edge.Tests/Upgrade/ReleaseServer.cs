using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>The city's web server for archives: files of a folder, whole or by range, with the faults of a bad link on request.</summary>
internal sealed class ReleaseServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;

    public ReleaseServer(string folder)
    {
        _folder = folder;
        var port = FreePort.Next();
        Url = new Uri($"http://127.0.0.1:{port}/releases/");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    /// <summary>First byte of each request.</summary>
    public ConcurrentQueue<long> Asked { get; } = [];

    /// <summary>Ends the connection after this many bytes of an answer; 0: never.</summary>
    public long CutAfter { get; set; }

    /// <summary>Knows no ranges.</summary>
    public bool IsSimple { get; set; }

    /// <summary>Bytes a second; 0: as fast as they go.</summary>
    public int BytesASecond { get; set; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
        }
        catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, Path.GetFileName(context.Request.Url!.AbsolutePath)));
            var from = !IsSimple && context.Request.Headers["Range"] is { } range ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
            Asked.Enqueue(from);
            if (from > 0)
            {
                context.Response.StatusCode = (int)HttpStatusCode.PartialContent;
                context.Response.Headers["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
            }

            context.Response.ContentLength64 = bytes.Length - from;
            var end = CutAfter > 0 ? Math.Min(bytes.Length, from + CutAfter) : bytes.Length;
            const int Chunk = 8192;
            for (var at = from; at < end; at += Chunk)
            {
                await context.Response.OutputStream.WriteAsync(bytes.AsMemory((int)at, (int)Math.Min(Chunk, end - at)));
                if (BytesASecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)Chunk / BytesASecond));
                }
            }

            if (end < bytes.Length)
            {
                context.Response.Abort();
            }
            else
            {
                context.Response.Close();
            }
        }
        catch (Exception ex) when (ex is IOException or HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The box has gone.
        }
    }
}
