using CleanStreets.Testing;

namespace CleanStreets.EndToEnd.Tests;

/// <summary><c>demo</c> as a process of its own on free ports, with a data folder of its own.</summary>
public sealed class DemoRun : IAsyncLifetime
{
    private const int SigInt = 2;

    private readonly TemporaryFolder _data = new();
    private ProductProgram? _demo;

    /// <summary>The dashboard's address.</summary>
    public string Http { get; private set; } = string.Empty;

    /// <summary>What the demo and its three programs have said, for messages of failed tests.</summary>
    public string Said => string.Join(Environment.NewLine,
        new[] { _demo?.Output ?? string.Empty }.Concat(Directory.EnumerateFiles(_data.Path, "*.log", SearchOption.AllDirectories).Select(Tail)));

    /// <summary>Starts the demo; on later calls from the data it had.</summary>
    public async Task StartAsync(params string[] options)
    {
        _demo = ProductProgram.Start(
            "deploy/CleanStreets.Launcher", ["demo", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", _data.Path, .. options]);
        Http = ProductProgram.ValueOf(await _demo.ReadyAsync(TimeSpan.FromMinutes(16)), "http");
    }

    /// <summary>The programs it has started and that run, by process id.</summary>
    public IReadOnlyList<int> Programs =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(id => id > 0 && StatOf(id) is { } stat && stat.Parent == _demo!.Id)];

    /// <summary>Whether a process runs; one that has ended and that nobody has asked about does not.</summary>
    public static bool Runs(int id) => StatOf(id) is { State: not "Z" };

    /// <summary>Kills the demo alone (SIGKILL): nobody tells its programs.</summary>
    public Task KillAsync() => _demo!.KillAsync();

    /// <summary>Presses Ctrl-C and returns the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        _demo!.Signal(SigInt);
        return await _demo.ExitAsync(TimeSpan.FromMinutes(4)); // Its programs have up to 45 s each, one after another.
    }

    async ValueTask IAsyncLifetime.InitializeAsync() => await StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_demo is { ExitCode: null })
        {
            await InterruptAsync();
        }

        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        _data.Dispose();
    }

    private static (string State, int Parent)? StatOf(int id)
    {
        try
        {
            // "123 (name with anything) S 45 …"
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Tail(string path) => $"--- {Path.GetFileName(path)}{Environment.NewLine}{string.Join(Environment.NewLine, File.ReadLines(path).TakeLast(30))}";
}
