using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Run;

/// <summary>The measuring programs of the shared data, compiled once a run, and the servers installed beside us.</summary>
internal sealed class Tools : IDisposable
{
    public const string Mosquitto = "/usr/sbin/mosquitto";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _compiled = [];

    /// <summary>Where a run may put files; gone afterwards.</summary>
    public string Path(params string[] parts) => _folder.Combine(parts);

    /// <summary>A C program of the shared tools, compiled with gcc; the path of the binary.</summary>
    /// <exception cref="MissingException">The source or gcc is absent.</exception>
    public async Task<string> CompileAsync(string name)
    {
        if (_compiled.TryGetValue(name, out var known))
        {
            return known;
        }

        var source = Find($"tools/{name}.c");
        Need("/usr/bin/gcc", "gcc");
        var binary = Path(name);
        await RunAsync("/usr/bin/gcc", "-O2", "-o", binary, source);
        return _compiled[name] = binary;
    }

    /// <summary>A file of the shared data.</summary>
    /// <exception cref="MissingException">It is absent.</exception>
    public static string Find(string relative) => SharedData.TryFind(relative)
        ?? throw new MissingException($"needs {relative} of the shared data (set CLEANSTREETS_SHARED to the folder that holds it)");

    /// <exception cref="MissingException">The program is not installed.</exception>
    public static void Need(string program, string package)
    {
        if (!File.Exists(program))
        {
            throw new MissingException($"needs {program} (apt-get install {package})");
        }
    }

    /// <summary>Runs a program to its end and answers what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var process = ProductProgram.StartProcess(program, arguments);
        var code = await process.ExitAsync(TimeSpan.FromMinutes(10));
        return code == 0 ? process.Output : throw new InvalidOperationException($"{program} ended with {code}: {process.Output}");
    }

    public void Dispose() => _folder.Dispose();
}
