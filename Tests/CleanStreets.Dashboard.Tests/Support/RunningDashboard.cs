using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>The real dashboard on a free port, with a stand-in for the city it belongs to.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningDashboard(WebApplication app) => (_app, Address) = (app, new Uri(DashboardApp.AddressOf(app)));

    public Uri Address { get; }

    /// <summary>Where boxes enrol; null: nowhere.</summary>
    public string? Door => DashboardApp.DoorOf(_app);

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningDashboard> StartAsync(CityStandIn city, string folder, Func<DashboardOptions, DashboardOptions>? change = null)
    {
        var options = new DashboardOptions
        {
            DataFolder = folder,
            Http = new HostPort("127.0.0.1", 0),
            Mqtt = city.Mqtt,
            ReadApi = city.ReadApi,
            ReadApiPatience = Eventually.Patience,
            Capacity = 4,
            DemoUsers = true,
            WebFolder = Path.Combine(folder, "no-pages"),
            LiveInterval = TimeSpan.FromMilliseconds(40),
            PollInterval = TimeSpan.FromMilliseconds(200),
            DeskInterval = TimeSpan.FromMilliseconds(60),
        };
        var app = DashboardApp.Build(change?.Invoke(options) ?? options, TimeProvider.System);
        var users = app.Services.GetRequiredService<UserStore>();
        FirstUsers.Ensure(users, demo: true);
        users.Put(new User("boss", Roles.Admin, null), "boss");
        app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout = 2 * Eventually.Patience; // However slow the machine is, it stops in order.
        await app.StartAsync();
        return new RunningDashboard(app);
    }

    /// <summary>A browser that nobody has logged in with.</summary>
    public HttpClient Stranger() => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false })
    {
        BaseAddress = Address,
        Timeout = Eventually.Patience,
    };

    /// <summary>A browser with a log-in; name and password are the same.</summary>
    public async Task<HttpClient> LogInAsync(string user)
    {
        var browser = Stranger();
        using var response = await browser.PostAsJsonAsync("/api/session", new { user, password = user });
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return browser;
    }

    /// <summary>Waits until the streets have arrived.</summary>
    public async Task<HttpClient> LogInWithStreetsAsync(string user)
    {
        var browser = await LogInAsync(user);
        await Eventually.GetAsync("the streets arrive", async () =>
        {
            using var response = await browser.GetAsync("/api/map/tilejson");
            return response.IsSuccessStatusCode ? "yes" : null;
        });
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

internal static class BrowserWords
{
    public static async Task<JsonElement> GetJsonAsync(this HttpClient browser, string path)
    {
        using var response = await browser.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, $"GET {path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendJsonAsync(this HttpClient browser, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await browser.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }
}
