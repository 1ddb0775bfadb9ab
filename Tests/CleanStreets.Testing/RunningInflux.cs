using System.Text.Json;

namespace CleanStreets.Testing;

/// <summary>A real InfluxDB 1.x.</summary>
public sealed class RunningInflux : SeriesServer
{
    private readonly int _rpcPort = FreePort.Next();

    /// <summary>With it, users have to log in; the first is made by <see cref="CreateAdminAsync"/>.</summary>
    public bool DemandsLogIn { get; init; }

    /// <inheritdoc/>
    protected override string Program => "/usr/bin/influxd";

    /// <inheritdoc/>
    protected override string Ping => "/ping";

    /// <summary>The only number of an InfluxQL question's answer, 0 without one.</summary>
    public async Task<long> NumberAsync(string database, string question)
    {
        using var json = JsonDocument.Parse(await GetAsync($"/query?db={Uri.EscapeDataString(database)}&q={Uri.EscapeDataString(question)}"));
        var result = json.RootElement.GetProperty("results")[0];
        return result.TryGetProperty("series", out var series) ? series[0].GetProperty("values")[0][1].GetInt64() : 0;
    }

    /// <summary>Makes the first user; until then everybody may.</summary>
    public async Task CreateAdminAsync(string user, string password)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(
            new Uri(Url, "/query"), new FormUrlEncodedContent([new("q", $"CREATE USER {user} WITH PASSWORD '{password}' WITH ALL PRIVILEGES")]));
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments()
    {
        var settings = Folder.Combine("influxdb.conf");
        File.WriteAllText(settings, $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{_rpcPort}"
            [meta]
              dir = "{Folder.Combine("meta")}"
            [data]
              dir = "{Folder.Combine("data")}"
              wal-dir = "{Folder.Combine("wal")}"
            [monitor]
              store-enabled = false
            [http]
              bind-address = "127.0.0.1:{Port}"
              auth-enabled = {(DemandsLogIn ? "true" : "false")}
              log-enabled = false
            """);
        return ["run", "-config", settings];
    }
}
