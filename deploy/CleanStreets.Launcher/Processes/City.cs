using System.CommandLine;
using System.Globalization;
using System.Net;
using CleanStreets.Launcher.Commands;

namespace CleanStreets.Launcher.Processes;

/// <summary>What <c>demo</c> and <c>up</c> start with.</summary>
internal sealed record CitySettings(string Mqtt, string Http, DataFolder Data, string Streets, int Capacity, bool DemoUsers, bool InsecureBeyondLoopback, IReadOnlyList<string> Stores)
{
    /// <summary>What ingest is told about where readings come from beyond this machine.</summary>
    public IReadOnlyList<string> TruckAccess { get; init; } = [];

    /// <summary>What the dashboard is told about how many pictures of finds it keeps.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The door for boxes; null: none.</summary>
    public FleetDoor? Fleet { get; init; }

    /// <summary>The layer of areas; null: as ingest chooses.</summary>
    public string? Areas { get; init; }

    /// <summary>How streets are scored; null: as they were.</summary>
    public string? Method { get; init; }

    /// <summary>Checks everything that can be checked before anything is started.</summary>
    /// <exception cref="WrongUseException">A port in use, a missing file or a folder that cannot be written.</exception>
    public static CitySettings From(ParseResult parsed, ServiceOptions options, bool demoUsers)
    {
        var streets = ServiceOptions.DemandStreets(parsed.GetRequiredValue(options.Streets));
        var data = DataFolder.Open(parsed.GetRequiredValue(options.Data));
        var mqtt = Ports.Choose("--mqtt", parsed.GetValue(options.Mqtt), 1883, out var mqttMoved);
        var http = Ports.Choose("--http", parsed.GetValue(options.Http), 8080, out var httpMoved);
        var insecure = parsed.GetValue(options.InsecureBeyondLoopback);
        DemandLoopback("--mqtt", mqtt, insecure, "it is clear text without log-in", "Keep to 127.0.0.1 and let trucks connect to --mqtt-tls HOST:PORT");
        if (demoUsers)
        {
            DemandLoopback("--http", http, insecure, "the demo's log-ins are well known", "Keep to 127.0.0.1");
        }

        Say(mqttMoved, "1883", mqtt.Port);
        Say(httpMoved, "8080", http.Port);
        return new CitySettings(mqtt.ToString(), http.ToString(), data, streets, parsed.GetValue(options.Capacity), demoUsers, insecure, parsed.GetRequiredValue(options.Stores))
        {
            Method = parsed.GetValue(options.Method),
            Areas = ServiceOptions.DemandAreas(parsed.GetValue(options.Areas)),
        };
    }

    private static void DemandLoopback(string option, IPEndPoint endpoint, bool insecure, string because, string instead)
    {
        if (!IPAddress.IsLoopback(endpoint.Address) && !insecure)
        {
            throw new WrongUseException($"{option} {endpoint}: other machines would reach it, and {because}. {instead}, or say --insecure-beyond-loopback.");
        }
    }

    private static void Say(bool moved, string from, int to)
    {
        if (moved)
        {
            Console.Error.WriteLine($"cleanstreets: port {from} is in use, taking {to}.");
        }
    }
}

/// <summary>The running programs of one city, and the order in which they start and stop.</summary>
internal sealed class City : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);

    // Longer than the ingest takes to stop: 20 s for what was received, 5 s for the stores, and good-bye to the outlets.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(45);

    private readonly List<ProductProcess> _programs = [];

    private City(CitySettings settings) => Settings = settings;

    public CitySettings Settings { get; }

    public string Mqtt { get; private set; } = string.Empty;

    /// <summary>Where trucks connect with TLS; null: nowhere.</summary>
    public string? MqttTls { get; private set; }

    /// <summary>The broker of others that readings come from as well; null: none.</summary>
    public string? Broker { get; private set; }

    public string Http { get; private set; } = string.Empty;

    /// <summary>Where boxes enrol; null: nowhere.</summary>
    public string? Fleet { get; private set; }

    public string Logs => Settings.Data.Logs;

    public static async Task<City> StartAsync(CitySettings settings, CancellationToken cancellationToken)
    {
        var city = new City(settings);
        try
        {
            if (settings.Fleet is { } wanted)
            {
                await city.PrepareFleetAsync(wanted, cancellationToken);
            }

            var ingest = await city.AddAsync("ingest", "Ingest/CleanStreets.Ingest",
                [
                    "run", "--data", settings.Data.Ingest, "--mqtt", settings.Mqtt, "--read-api", "127.0.0.1:0", "--streets", settings.Streets,
                    .. settings.Areas is { } areas ? ["--areas", areas] : Array.Empty<string>(),
                    .. settings.Method is { } method ? ["--method", method] : Array.Empty<string>(),
                    .. settings.Stores.SelectMany(store => new[] { "--store", store }),
                    .. settings.TruckAccess, .. settings.Fleet is null ? [] : FleetDoor.IngestArguments(Path.Combine(settings.Data.Dashboard, "fleet", "published"), settings.TruckAccess), .. settings.InsecureBeyondLoopback ? ["--insecure-beyond-loopback"] : Array.Empty<string>(),
                ],
                cancellationToken);
            city.Mqtt = Reachable(ingest["mqtt"]);
            city.MqttTls = ingest.Find("mqtts");
            city.Broker = ingest.Find("broker");
            var dashboard = await city.AddAsync("dashboard", "Dashboard/CleanStreets.Dashboard",
                [
                    "run", "--data", settings.Data.Dashboard, "--http", settings.Http, "--mqtt", city.Mqtt, "--read-api", ingest["read-api"],
                    "--capacity", settings.Capacity.ToString(CultureInfo.InvariantCulture), "--web", ProductFolder.Web,
                    .. settings.Evidence,
                    .. settings.Fleet is { } door ? door.DashboardArguments(ingest["mqtts"]) : [],
                    .. settings.DemoUsers ? ["--demo-users"] : Array.Empty<string>(),
                ], cancellationToken);
            city.Http = Reachable(dashboard["http"]);
            city.Fleet = dashboard.Find("fleet");
            return city;
        }
        catch
        {
            await city.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ingest reads the registry's files from its first moment on, so they are made before it starts.</summary>
    private async Task PrepareFleetAsync(FleetDoor door, CancellationToken cancellationToken)
    {
        await using var init = ProductProcess.Start(
            "fleet", "Dashboard/CleanStreets.Dashboard", Logs, ["fleet", "init", "--data", Settings.Data.Dashboard, .. door.Names.SelectMany(name => new[] { "--name", name })]);
        await init.Gone.WaitAsync(StartPatience, cancellationToken);
        if (init.ExitCode != 0)
        {
            throw new LaunchException($"The registry of boxes could not be made: {init.LastWords()}");
        }
    }

    // "Every address" is one to listen on, not one to call.
    private static string Reachable(string address) =>
        address.Replace("0.0.0.0:", "127.0.0.1:", StringComparison.Ordinal).Replace("[::]:", "127.0.0.1:", StringComparison.Ordinal);

    /// <summary>Starts one more program and waits until it serves.</summary>
    public async Task<ReadyLine> AddAsync(string name, string folder, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = ProductProcess.Start(name, folder, Logs, arguments);
        _programs.Add(program);
        return await program.ReadyAsync(StartPatience, cancellationToken);
    }

    /// <summary>The line for scripts that says where everything is: <c>ready VERB http=… mqtt=…</c>.</summary>
    public string ReadyLine(string verb) => $"ready {verb} http={Http} mqtt={Mqtt}";

    /// <summary>Waits for Ctrl-C or for a program to end by itself; says which. Exit code 0 or 1.</summary>
    public async Task<int> RunUntilStoppedAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var ended = Task.WhenAny(_programs.Select(program => program.Gone));
        await Task.WhenAny(ended, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
        if (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }

        var first = _programs.First(program => program.Gone.IsCompleted);
        await Console.Error.WriteLineAsync($"cleanstreets: {first.Name} ended by itself with exit code {first.ExitCode}. It last said: {first.LastWords()} Its log is {first.LogPath}. Stopping the others.");
        return CommandLine.Failed;
    }

    /// <summary>Stops the programs, the last started first: trucks, then pages, then ingest, which drains what it has accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = _programs.Count - 1; i >= 0; i--)
        {
            await _programs[i].StopAsync(StopPatience);
            await _programs[i].DisposeAsync();
        }
    }
}
