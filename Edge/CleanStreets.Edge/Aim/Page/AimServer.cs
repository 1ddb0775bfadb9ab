using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CleanStreets.Edge.Aim.Look;
using CleanStreets.Edge.Aim.Sheet;
using CleanStreets.Edge.Vision;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Edge.Aim.Page;

/// <summary>Serves the page to a phone on the box's own network.</summary>
/// <remarks>
/// Kestrel, which the agent's framework brings and only this verb loads. Every address is a line of one table: nothing is looked up in the file system. All but the empty page and its parts
/// want a token of <see cref="AimDoor"/>; whatever changes something wants a header as well, which no foreign page can send.
/// </remarks>
internal sealed class AimServer : IAsyncDisposable
{
    /// <summary>The header that changes something.</summary>
    public const string Header = "X-Aim";

    /// <summary>The cookie that holds the token.</summary>
    public const string Cookie = "aim";

    private const int MaxBodyBytes = 4096;
    private const int MaxHeaderBytes = 8192;
    private const int MaxConnections = 32;

    private readonly WebApplication _app;
    private readonly AimDesk _desk;
    private readonly AimEye _eye;
    private readonly AimDoor _door;
    private readonly AimAccept _accept;
    private readonly Dictionary<(string Method, string Path), Func<HttpContext, Task>> _open;
    private readonly Dictionary<(string Method, string Path), Func<HttpContext, Task>> _inside;

    private AimServer(WebApplication app, AimDesk desk, AimEye eye, AimDoor door, AimAccept accept)
    {
        (_app, _desk, _eye, _door, _accept) = (app, desk, eye, door, accept);
        _open = new()
        {
            [("GET", "/")] = http => PageFile.WriteAsync(http, "aim.html"),
            [("GET", "/aim.css")] = http => PageFile.WriteAsync(http, "aim.css"),
            [("GET", "/aim.js")] = http => PageFile.WriteAsync(http, "aim.js"),
            [("GET", "/controls.js")] = http => PageFile.WriteAsync(http, "controls.js"),
            [("GET", "/api/enter")] = http => WriteAsync(http, new DoorState(_door.Knows(http.Request.Cookies[Cookie])), AimJson.Default.DoorState),
            [("POST", "/api/enter")] = EnterAsync,
        };
        _inside = new()
        {
            [("GET", "/api/state")] = StateAsync,
            [("GET", "/picture.jpg")] = PictureAsync,
            [("GET", "/sheet")] = SheetAsync,
            [("POST", "/api/mounting")] = http => ChangeAsync(http, AimJson.Default.MountingWish, _desk.Set),
            [("POST", "/api/marks")] = http => ChangeAsync(http, AimJson.Default.MarkWish, _desk.Add),
            [("POST", "/api/marks/undo")] = http => ChangeAsync(http, () => _desk.Remove(all: false)),
            [("POST", "/api/marks/clear")] = http => ChangeAsync(http, () => _desk.Remove(all: true)),
            [("POST", "/api/measured")] = http => ChangeAsync(http, _desk.UseMeasured),
            [("POST", "/api/accept")] = http => ChangeAsync(http, AimJson.Default.AcceptWish, _accept.Accept),
        };
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => IPEndPoint.Parse(new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Authority);

    /// <summary>Starts serving.</summary>
    /// <exception cref="IOException">The address is in use, or is not this box's.</exception>
    public static async Task<AimServer> StartAsync(IPEndPoint listen, AimDesk desk, AimEye eye, AimDoor door, AimAccept accept, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Listen(listen);
        });
        var app = builder.Build();
        var server = new AimServer(app, desk, eye, door, accept);
        app.Run(server.AnswerAsync);
        try
        {
            await app.StartAsync(stop);
            return server;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops, and lets what is being answered end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        try
        {
            await RouteAsync(http);
        }
        catch (BadHttpRequestException bad)
        {
            await FaultAsync(http, bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"At most {MaxBodyBytes} bytes are taken." : "This cannot be understood.");
        }
        catch (JsonException)
        {
            await FaultAsync(http, StatusCodes.Status400BadRequest, "This is not the JSON that is wanted here.");
        }
        catch (VisionException wrong)
        {
            await FaultAsync(http, StatusCodes.Status400BadRequest, wrong.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The phone has gone.
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value ?? "");
        if (method == "POST" && !http.Request.Headers.ContainsKey(Header))
        {
            return FaultAsync(http, StatusCodes.Status403Forbidden, "Only the page itself may change something.");
        }

        if (_open.TryGetValue((method, path), out var open))
        {
            return open(http);
        }

        if (!_door.Knows(http.Request.Cookies[Cookie]))
        {
            return FaultAsync(http, StatusCodes.Status401Unauthorized, "Give the code that stands on the box's screen.");
        }

        return _inside.TryGetValue((method, path), out var inside) ? inside(http) : FaultAsync(http, StatusCodes.Status404NotFound, "There is nothing here.");
    }

    private async Task EnterAsync(HttpContext http)
    {
        var wish = await ReadAsync(http, AimJson.Default.CodeWish);
        var entry = _door.Enter(wish.Code, http.Connection.RemoteIpAddress?.MapToIPv4().ToString() ?? "somewhere");
        if (entry.Wait is { } wait)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            http.Response.Headers.RetryAfter = seconds.ToString();
            await FaultAsync(http, StatusCodes.Status429TooManyRequests, $"Too many wrong codes. A new code stands on the box's screen; it counts in {seconds} s.", seconds);
        }
        else if (entry.Token is not { } token)
        {
            await FaultAsync(http, StatusCodes.Status403Forbidden, "This is not the code that stands on the box's screen.");
        }
        else
        {
            http.Response.Cookies.Append(Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = AimDoor.SessionLife, Path = "/" });
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private Task StateAsync(HttpContext http) => WriteAsync(http, _desk.Now() with { Sheet = _accept.State }, AimJson.Default.AimState);

    private async Task PictureAsync(HttpContext http)
    {
        if (_eye.Latest?.Jpeg is not { } jpeg)
        {
            await FaultAsync(http, StatusCodes.Status404NotFound, "The picture is withheld.");
            return;
        }

        http.Response.ContentType = "image/jpeg";
        http.Response.ContentLength = jpeg.Bytes.Length;
        await http.Response.Body.WriteAsync(jpeg.Bytes, http.RequestAborted);
    }

    private async Task SheetAsync(HttpContext http)
    {
        if (_accept.Sheet is not { } sheet)
        {
            await FaultAsync(http, StatusCodes.Status404NotFound, "Nothing is accepted yet.");
            return;
        }

        http.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src {SheetPage.StyleHash}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(SheetPage.Html(sheet), http.RequestAborted);
    }

    private async Task ChangeAsync<T>(HttpContext http, JsonTypeInfo<T> form, Action<T> change)
        where T : class
    {
        change(await ReadAsync(http, form));
        await StateAsync(http);
    }

    private Task ChangeAsync(HttpContext http, Action change)
    {
        change();
        return StateAsync(http);
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> form)
        where T : class =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, form, http.RequestAborted) ?? throw new JsonException();

    private static Task FaultAsync(HttpContext http, int status, string error, int? wait = null)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, new AimFault(error, wait), AimJson.Default.AimFault);
    }

    private static Task WriteAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> form)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(http.Response.Body, answer, form, http.RequestAborted);
    }
}
