using System.CommandLine;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Data;
using CleanStreets.Dashboard.Fleet;

namespace CleanStreets.Dashboard;

/// <summary>The verbs of the command line.</summary>
internal sealed class DashboardCommands
{
    /// <summary>Exit code for wrong use: a port in use, a folder that cannot be written, an option that makes no sense.</summary>
    public const int WrongUse = 2;

    /// <summary>Exit code when a part of it failed while it ran.</summary>
    public const int Failed = 1;

    private readonly TimeProvider _time;

    private readonly Option<string> _data = new("--data") { Description = "The dashboard's own folder.", Required = true };
    private readonly Option<string> _http = new("--http") { Description = "Where browsers connect, HOST:PORT.", DefaultValueFactory = _ => "127.0.0.1:8080" };
    private readonly Option<string> _mqtt = new("--mqtt") { Description = "The broker or ingest's listener, HOST:PORT.", DefaultValueFactory = _ => "127.0.0.1:1883" };
    private readonly Option<string> _readApi = new("--read-api") { Description = "Ingest's read API, http://HOST:PORT.", DefaultValueFactory = _ => "http://127.0.0.1:8090" };
    private readonly Option<int> _capacity = new("--capacity") { Description = "Work orders a day over all crews.", DefaultValueFactory = _ => 12 };
    private readonly Option<int> _evidenceDays = new("--evidence-days") { Description = "Days that evidence pictures are kept.", DefaultValueFactory = _ => 30 };
    private readonly Option<int> _evidenceMegabytes = new("--evidence-megabytes") { Description = "Most megabytes of evidence pictures, of all trucks together; the oldest go first.", DefaultValueFactory = _ => 2048 };
    private readonly Option<bool> _demoUsers = new("--demo-users") { Description = "Make the well-known demo log-ins." };
    private readonly Option<string?> _web = new("--web") { Description = "Folder of the built pages." };
    private readonly Option<string?> _fleet = new("--fleet") { Description = "Where boxes enrol and renew their certificates over HTTPS, HOST:PORT. Default: nowhere." };
    private readonly Option<string[]> _fleetNames = new("--fleet-name") { Description = "Name or address under which boxes reach the city; may be given several times. Their readings go to the first.", DefaultValueFactory = _ => ["localhost"] };
    private readonly Option<int> _fleetMqttPort = new("--fleet-mqtt-port") { Description = "Port of MQTT with TLS, told to boxes.", DefaultValueFactory = _ => 8883 };
    private readonly Option<TimeSpan> _fleetValidity = new("--fleet-validity") { Description = "How long boxes' certificates last, d.hh:mm:ss; a box renews when a third is left.", DefaultValueFactory = _ => CityAuthority.BoxValidity };
    private readonly Argument<string> _name = new("name") { Description = "Log-in name." };
    private readonly Option<string> _role = new("--role") { Description = "admin, dispatcher, crew or viewer.", Required = true };
    private readonly Option<string?> _crew = new("--crew") { Description = "The crew of a crew user." };

    public DashboardCommands(TimeProvider time)
    {
        _time = time;
        var run = new Command("run", "Serve the map, work orders and crews.") { _data, _http, _mqtt, _readApi, _capacity, _evidenceDays, _evidenceMegabytes, _demoUsers, _web, _fleet, _fleetNames, _fleetMqttPort, _fleetValidity };
        run.SetAction((parsed, cancellation) => GuardAsync(() => RunAsync(OptionsOf(parsed), cancellation)));
        var add = new Command("add", "Add a user, or change role and password of one; the password is read from standard input.") { _name, _data, _role, _crew };
        add.SetAction((parsed, _) => GuardAsync(() => AddUserAsync(parsed)));
        Root = new RootCommand("CleanStreets dashboard") { run, new Command("user", "People who may log in.") { add }, new FleetCommands(time).Root };
    }

    public RootCommand Root { get; }

    private DashboardOptions OptionsOf(ParseResult parsed)
    {
        if (!Uri.TryCreate(parsed.GetValue(_readApi), UriKind.Absolute, out var readApi) || readApi.Scheme is not ("http" or "https"))
        {
            throw new DashboardStartException($"--read-api wants an address like http://127.0.0.1:8090, not '{parsed.GetValue(_readApi)}'.");
        }

        return new DashboardOptions
        {
            DataFolder = Path.GetFullPath(parsed.GetValue(_data)!),
            Http = HostPortOf(parsed, _http),
            Mqtt = HostPortOf(parsed, _mqtt),
            ReadApi = readApi,
            Capacity = parsed.GetValue(_capacity) is >= 0 and <= 10_000 and var capacity ? capacity : throw new DashboardStartException("--capacity is 0 to 10,000 orders a day."),
            EvidenceDays = parsed.GetValue(_evidenceDays) is >= 1 and <= 3650 and var days ? days : throw new DashboardStartException("--evidence-days is 1 to 3,650."),
            EvidenceBytes = parsed.GetValue(_evidenceMegabytes) is >= 1 and <= 1_000_000 and var megabytes
                ? (long)megabytes << 20 : throw new DashboardStartException("--evidence-megabytes is 1 to 1,000,000."),
            DemoUsers = parsed.GetValue(_demoUsers),
            Fleet = FleetOf(parsed),
            WebFolder = parsed.GetValue(_web) is not { } web ? null : Directory.Exists(web) ? web : throw new DashboardStartException($"--web: there is no folder '{web}'."),
        };
    }

    private FleetOptions? FleetOf(ParseResult parsed)
    {
        if (parsed.GetValue(_fleet) is not { } fleet)
        {
            return null;
        }

        var (names, validity) = (parsed.GetRequiredValue(_fleetNames), parsed.GetValue(_fleetValidity));
        if (names.FirstOrDefault(name => Uri.CheckHostName(name) is UriHostNameType.Unknown or UriHostNameType.Basic) is { } wrong)
        {
            throw new DashboardStartException($"--fleet-name '{wrong}' is neither a host's name nor an address.");
        }

        return new FleetOptions
        {
            Door = HostPort.TryParse(fleet, out var door) ? door : throw new DashboardStartException($"--fleet wants HOST:PORT, for example 0.0.0.0:8443, not '{fleet}'."),
            Names = names,
            MqttPort = parsed.GetValue(_fleetMqttPort),
            BoxValidity = validity >= TimeSpan.FromSeconds(10) && validity <= TimeSpan.FromDays(3650) ? validity : throw new DashboardStartException("--fleet-validity is 10 s to 3650 days."),
        };
    }

    private static HostPort HostPortOf(ParseResult parsed, Option<string> option) =>
        HostPort.TryParse(parsed.GetValue(option), out var result) ? result : throw new DashboardStartException($"{option.Name} wants HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080, not '{parsed.GetValue(option)}'.");

    private async Task<int> RunAsync(DashboardOptions options, CancellationToken cancellation)
    {
        await using var app = DashboardApp.Build(options, _time);
        if (FirstUsers.Ensure(app.Services.GetRequiredService<UserStore>(), options.DemoUsers) is { } password)
        {
            Console.Out.WriteLine($"First start: log in as admin with the password {password} (shown once). More users: the verb 'user add'.");
        }

        await app.StartAsync(cancellation);
        Console.WriteLine($"ready dashboard http={DashboardApp.AddressOf(app)}{(DashboardApp.DoorOf(app) is { } door ? $" fleet={door}" : "")}");
        await app.WaitForShutdownAsync(cancellation);
        if (WhyEnded(app) is not { } reason)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync($"dashboard: It had to end: {reason}");
        return Failed;
    }

    /// <summary>Why it ended by itself, as a sentence; null when it was told to.</summary>
    private static string? WhyEnded(WebApplication app) =>
        app.Services.GetRequiredService<DataFolderWatch>().Problem ??
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.ExecuteTask?.Exception?.GetBaseException().Message).FirstOrDefault(fault => fault is not null);

    private Task<int> AddUserAsync(ParseResult parsed)
    {
        using var database = DashboardDatabase.Open(Path.GetFullPath(parsed.GetValue(_data)!));
        var password = Console.In.ReadLine();
        if (password is not { Length: >= 8 and <= 256 })
        {
            throw new DashboardStartException("The password, the first line of standard input, needs 8 to 256 characters.");
        }

        new UserStore(database, _time).Put(new User(parsed.GetValue(_name)!, parsed.GetValue(_role)!, parsed.GetValue(_crew)), password);
        return Task.FromResult(0);
    }

    internal static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (DashboardStartException ex)
        {
            await Console.Error.WriteLineAsync(ex.Message);
            return WrongUse;
        }
    }
}
