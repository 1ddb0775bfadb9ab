using System.Globalization;
using System.Net.Http.Json;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>What <c>./cleanstreets up</c> starts, measured whole: launcher, ingest and dashboard.</summary>
internal sealed class RunningCity : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly ProductProgram _program;
    private readonly HttpClient _http;
    private readonly IReadOnlyList<int> _processes;

    private RunningCity(ProductProgram program, int mqttPort)
    {
        (_program, MqttPort) = (program, mqttPort);
        _processes = [program.Id, .. ChildrenOf(program.Id)];
        IngestId = _processes.Single(id => CommandOf(id).Any(argument => argument.EndsWith("CleanStreets.Ingest.dll", StringComparison.Ordinal)));
        var dashboard = _processes.Select(CommandOf).Single(command => command.Any(argument => argument.EndsWith("CleanStreets.Dashboard.dll", StringComparison.Ordinal)));
        _http = new HttpClient { BaseAddress = new Uri(dashboard[Array.IndexOf(dashboard, "--read-api") + 1]) };
    }

    public int MqttPort { get; }

    /// <summary>Process id of ingest.</summary>
    public int IngestId { get; }

    /// <summary>What all programs together have used so far.</summary>
    public ProcessUse Use => _processes.Select(ProcessUse.Of).Aggregate((one, other) => one + other);

    public static async Task<RunningCity> StartAsync(string data, string streets)
    {
        var program = ProductProgram.Start("deploy/CleanStreets.Launcher", "up", "--data", data, "--streets", streets);
        var ready = await program.ReadyAsync(TimeSpan.FromMinutes(2));
        var mqtt = ProductProgram.ValueOf(ready, "mqtt");
        return new RunningCity(program, int.Parse(mqtt.AsSpan(mqtt.LastIndexOf(':') + 1), CultureInfo.InvariantCulture));
    }

    public async Task<IngestStatus> StatusAsync() => (await _http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus))!;

    /// <summary>Bytes that ingest has allocated so far, from its <c>/metrics</c>.</summary>
    public async Task<double> AllocatedAsync()
    {
        const string Name = "dotnet_gc_heap_total_allocated_bytes_total ";
        var text = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = text.Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until everything received has gone through every stage and into every store.</summary>
    public async Task SettledAsync(long received) => await Eventually.GetAsync(
        $"{received} readings are received and stored",
        async () =>
        {
            var status = await StatusAsync();
            var isSettled = status.Received >= received && status.Stages.All(stage => stage.Depth == 0) && status.Stores!.All(store => store.LagBytes == 0);
            return isSettled ? status : null;
        },
        _patience);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_program.ExitCode is null)
        {
            await _program.StopAsync(TimeSpan.FromMinutes(1));
        }

        await _program.DisposeAsync();
    }

    private static IEnumerable<int> ChildrenOf(int processId) =>
        Directory.EnumerateDirectories($"/proc/{processId}/task")
            .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static string[] CommandOf(int processId) => File.ReadAllText($"/proc/{processId}/cmdline").Split('\0');
}
