using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Soak;

/// <summary>One soak: Ingest as a process of its own, a fleet behind a link that can be broken, and the verdict at the end.</summary>
internal sealed class SoakRun(TimeProvider time, int trucks, int seed) : IAsyncDisposable
{
    private const string City = "generated:7";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort();
    private ProductProgram? _mounted;
    private ProductProgram? _ingest;
    private LinkProxy? _link;
    private SoakFleet? _fleet;
    private readonly List<double> _seconds = [];
    private long _spawnedAt;
    private int _spawned;
    private bool _isReady;

    private string[] _stores = [];

    public static TimeSpan Patience => TimeSpan.FromMinutes(2);

    public TimeProvider Time => time;

    /// <summary>How long the store is away in a round of its fault.</summary>
    public TimeSpan Outage { get; init; }

    public RunningInflux Influx { get; } = new();

    public Random Random { get; } = new(seed);

    public string Data => _folder.Combine("disk", "ingest");

    /// <summary>Where the read API answers.</summary>
    public Uri ReadApi { get; private set; } = new("http://127.0.0.1:0");

    public ProductProgram Ingest => _ingest ?? throw new InvalidOperationException("Ingest has not been started.");

    public LinkProxy Link => _link ?? throw new InvalidOperationException("There is no link yet.");

    public SoakFleet Fleet => _fleet ?? throw new InvalidOperationException("There is no fleet yet.");

    /// <summary>0 when nothing acknowledged was lost or counted twice.</summary>
    public async Task<int> RunAsync(Fault fault, int rounds)
    {
        var begun = Stopwatch.GetTimestamp();
        Console.WriteLine($"soak {fault.Name}: {rounds} rounds, {trucks} trucks, seed {seed}");
        await PrepareAsync(fault);
        await StartAsync();
        _link = new LinkProxy(_port);
        _fleet = new SoakFleet(GeneratedCity.Create(7), time, _link.Port, trucks, seed, fault);
        await _fleet.StartAsync();
        for (var round = 0; round < rounds; round++)
        {
            await fault.RoundAsync(this, round);
            if ((round + 1) % 10 == 0)
            {
                Console.WriteLine($"round {round + 1} of {rounds}: {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s, {_fleet.Acknowledged} acknowledged, {Starts()}");
            }
        }

        if (!_isReady)
        {
            await ReadyAsync();
        }

        _link.Restore();
        await _fleet.FinishAsync();
        var isAsItShould = await fault.CheckAsync(this);
        var stopped = await Ingest.StopAsync(Patience);
        var verdict = await Verdict.OfAsync(_fleet, Data);
        Console.WriteLine($"{fault.Name}: {rounds} rounds in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s, {Starts()}, last exit code {stopped}");
        Console.WriteLine(verdict);
        return verdict.IsGood && isAsItShould && stopped == 0 ? 0 : 1;
    }

    /// <summary>Starts Ingest and waits until it takes publishes.</summary>
    public async Task StartAsync(params string[] environment)
    {
        await SpawnAsync(environment);
        await ReadyAsync();
    }

    /// <summary>Starts Ingest and does not wait for it.</summary>
    public async Task SpawnAsync(params string[] environment)
    {
        if (_ingest is not null)
        {
            await _ingest.DisposeAsync();
        }

        // Small files and frequent snapshots: more edges on which something can break.
        _ingest = ProductProgram.StartProcess("env",
        [
            "DOTNET_TieredPGO=0", "Ingest__Snapshot__Readings=2000", "Ingest__Snapshot__Interval=00:00:00.500", "Ingest__Journal__SegmentBytes=1048576", "FAKETIME_DONT_FAKE_MONOTONIC=1",
            .. environment, "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
            "run", "--data", Data, "--mqtt", $"127.0.0.1:{_port}", "--read-api", "127.0.0.1:0", "--streets", City, .. _stores.SelectMany(store => new[] { "--store", store }),
        ]);
        (_spawnedAt, _isReady) = (Stopwatch.GetTimestamp(), false);
        _spawned++;
    }

    /// <summary>Waits until Ingest takes publishes.</summary>
    public async Task ReadyAsync()
    {
        ReadApi = new Uri(ProductProgram.ValueOf(await Ingest.ReadyAsync(Patience), "read-api"));
        if (!_isReady)
        {
            _seconds.Add(Stopwatch.GetElapsedTime(_spawnedAt).TotalSeconds);
            _isReady = true;
        }
    }

    /// <summary>Lets a start go on for a random part of what one takes.</summary>
    public Task LetStartAsync() => LetRunAsync(0, (int)(_seconds.Count == 0 ? 1000 : _seconds.Order().ElementAt(_seconds.Count / 2) * 1000) + 1);

    /// <summary>Waits until something is acknowledged that was not before the start.</summary>
    public async Task FirstAcknowledgementAsync()
    {
        var before = Fleet.Acknowledged;
        await Eventually.TrueAsync("readings are acknowledged", () => Fleet.Acknowledged > before, Patience);
    }

    private string Starts() =>
        $"{_spawned} starts, {_seconds.Order().ElementAt(_seconds.Count / 2):0.0} s in the median until publishes are taken and {_seconds.Max():0.0} s at most";

    /// <summary>Lets the trucks send for a random while.</summary>
    public Task LetRunAsync(int fromMs, int toMs) => Task.Delay(TimeSpan.FromMilliseconds(Random.Next(fromMs, toMs)), time);

    /// <summary>Waits until readings are acknowledged again.</summary>
    public async Task ProgressAsync()
    {
        var before = Fleet.Acknowledged;
        await Eventually.TrueAsync("readings are acknowledged again", () => Fleet.Acknowledged > before + (trucks * 5), Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }

        if (_link is not null)
        {
            await _link.DisposeAsync();
        }

        if (_ingest is not null)
        {
            await _ingest.DisposeAsync();
        }

        if (_mounted is not null)
        {
            await using var unmount = ProductProgram.StartProcess("umount", [_folder.Combine("disk")]);
            await unmount.ExitAsync(Patience);
            await _mounted.DisposeAsync();
        }

        await Influx.DisposeAsync();
        _folder.Dispose();
    }

    private async Task PrepareAsync(Fault fault)
    {
        Directory.CreateDirectory(_folder.Combine("disk"));
        if (fault.Needs == FaultNeeds.Influx)
        {
            await Influx.StartAsync();
            _stores = ["sqlite", $"influx={Influx.Url}"];
        }

        if (fault.Needs == FaultNeeds.SmallDisk)
        {
            _mounted = ProductProgram.StartProcess("mount", ["-t", "tmpfs", "-o", "size=512m", "cleanstreets-soak", _folder.Combine("disk")]);
            if (await _mounted.ExitAsync(Patience) != 0)
            {
                throw new InvalidOperationException("A small disk cannot be mounted here: the disk fault needs root.");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
