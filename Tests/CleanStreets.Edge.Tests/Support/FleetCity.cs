using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>A city with a registry of boxes: ingest that takes trucks over TLS with certificates, and a dashboard with a door for boxes, as processes of their own.</summary>
internal sealed partial class FleetCity : IAsyncDisposable
{
    private const string Dashboard = "Dashboard/CleanStreets.Dashboard", Ingest = "Ingest/CleanStreets.Ingest";

    // Programs that start while every core is taken.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private ProductProgram _ingest = null!;
    private ProductProgram _dashboard = null!;
    private HttpClient _admin = null!;

    /// <summary>The door for boxes.</summary>
    public Uri Door { get; private set; } = null!;

    /// <summary>Where trucks connect.</summary>
    public int MqttPort { get; private set; }

    /// <summary>Where programs of the city's own machine connect, without certificate.</summary>
    public int OwnPort { get; private set; }

    /// <summary>Part of every code of this city.</summary>
    public string Fingerprint { get; private set; } = "";

    private string Data => _folder.Combine("dashboard");

    private string ReadApi { get; set; } = "";

    public static async Task<FleetCity> StartAsync(TimeSpan? certificates = null)
    {
        var city = new FleetCity();
        var init = await city.FleetAsync("init", "--name", "localhost", "--name", "127.0.0.1");
        city.Fingerprint = ValuePattern().Match(init).Groups["value"].Value;
        var files = Path.Combine(city.Data, "fleet", "published");
        city._ingest = ProductProgram.Start(
            Ingest, "run", "--data", city._folder.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:1", "--mqtt-tls", "127.0.0.1:0",
            "--mqtt-tls-cert", Path.Combine(files, "door.pem"), "--mqtt-tls-key", Path.Combine(files, "door.key"), "--mqtt-tls-ca", Path.Combine(files, "authority.pem"),
            "--mqtt-crl", Path.Combine(files, "revoked.pem"), "--mqtt-acl", Path.Combine(files, "trucks.acl"), "--mqtt-assignments", Path.Combine(files, "assignments.csv"));
        var ready = await city._ingest.ReadyAsync(StartPatience);
        city.ReadApi = ProductProgram.ValueOf(ready, "read-api");
        city.MqttPort = int.Parse(ProductProgram.ValueOf(ready, "mqtts").Split(':')[^1], CultureInfo.InvariantCulture);
        city.OwnPort = int.Parse(ProductProgram.ValueOf(ready, "mqtt").Split(':')[^1], CultureInfo.InvariantCulture);
        city._dashboard = ProductProgram.Start(
            Dashboard, "run", "--data", city.Data, "--http", "127.0.0.1:0", "--mqtt", ProductProgram.ValueOf(ready, "mqtt"), "--read-api", city.ReadApi, "--fleet", "127.0.0.1:0",
            "--fleet-name", "localhost", "--fleet-name", "127.0.0.1", "--fleet-mqtt-port", city.MqttPort.ToString(CultureInfo.InvariantCulture),
            "--fleet-validity", (certificates ?? TimeSpan.FromDays(365)).ToString("c", CultureInfo.InvariantCulture));
        ready = await city._dashboard.ReadyAsync(StartPatience);
        city.Door = new UriBuilder(ProductProgram.ValueOf(ready, "fleet")) { Host = "localhost" }.Uri;
        var password = PasswordPattern().Match(city._dashboard.Output).Groups["value"].Value;
        city._admin = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(ProductProgram.ValueOf(ready, "http")), Timeout = Eventually.Patience };
        using var login = await city._admin.PostAsJsonAsync("/api/session", new { user = "admin", password });
        login.EnsureSuccessStatusCode();
        return city;
    }

    /// <summary>A verb of <c>fleet</c>; what it prints.</summary>
    public async Task<string> FleetAsync(params string[] arguments)
    {
        await using var verb = ProductProgram.Start(Dashboard, ["fleet", .. arguments, "--data", Data]);
        (await verb.ExitAsync(Eventually.Patience)).ShouldBe(0, verb.Output);
        return verb.Output;
    }

    /// <summary>A list of codes in a file.</summary>
    public async Task<string> CodesAsync(params string[] boxes)
    {
        var (wanted, made) = (_folder.Combine("boxes.csv"), _folder.Combine("codes.csv"));
        await File.WriteAllLinesAsync(wanted, boxes.Prepend("deviceId,truckId"));
        await File.WriteAllTextAsync(made, await FleetAsync("enroll-csv", wanted));
        return made;
    }

    /// <summary>The code of one box alone.</summary>
    public async Task<string> CodeAsync(string box, string? truck = null) =>
        (await FleetAsync(truck is null ? ["codes", box] : ["codes", box, "--truck", truck])).Split('\n')[1].Split(',')[2];

    /// <summary>Asks a box over MQTT, as the page does.</summary>
    public async Task<(HttpStatusCode Http, JsonElement Answer)> AskAsync(string box, string method, object? parameters = null)
    {
        using var response = await _admin.PostAsJsonAsync($"/api/boxes/{box}/requests", new { method, parameters });
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>What the registry says of a box.</summary>
    public async Task<JsonElement> BoxAsync(string box)
    {
        var all = JsonDocument.Parse(await _admin.GetStringAsync("/api/boxes")).RootElement.GetProperty("boxes");
        return all.EnumerateArray().Single(entry => entry.GetProperty("deviceId").GetString() == box);
    }

    /// <summary>Readings that ingest has accepted, or set aside.</summary>
    public async Task<long> ReadingsAsync(string fate)
    {
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(ReadApi + "/metrics");
        return Regex.Matches(metrics, $@"^cleanstreets_ingest_readings_{fate}_total(\{{[^}}]*\}})? (\d+)", RegexOptions.Multiline, TimeSpan.FromMinutes(1)).Sum(match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Stops ingest and reads what its journal holds, truck by truck.</summary>
    public async Task<string> JournalAsync()
    {
        (await _ingest.StopAsync(Eventually.Patience)).ShouldBe(0, _ingest.Output);
        await using var check = ProductProgram.Start(Ingest, "journal", "check", "--data", _folder.Combine("ingest"));
        (await check.ExitAsync(Eventually.Patience)).ShouldBe(0, check.Output);
        return check.Output;
    }

    public string Said => $"{_ingest.Output}{Environment.NewLine}{_dashboard.Output}";

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        await _dashboard.DisposeAsync();
        await _ingest.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"fingerprint (?<value>\S+)", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"with the password (?<value>\S+)", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex PasswordPattern();
}
