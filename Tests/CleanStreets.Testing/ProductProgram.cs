using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CleanStreets.Testing;

/// <summary>One of the product's programs running as a process of its own, stopped by its own process id.</summary>
public sealed partial class ProductProgram : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProductProgram(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Everything it has printed so far, both streams, in order of arrival.</summary>
    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>The exit code; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Path of a program's assembly, built in the configuration that the tests run in.</summary>
    /// <param name="folder">Folder of the project below the repository's root, for example <c>Ingest/CleanStreets.Ingest</c>.</param>
    public static string AssemblyPath(string folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var output = new DirectoryInfo(RepositoryRoot.Combine(folder, "bin", configuration, "net10.0"));
        var program = output.Exists ? output.EnumerateFiles("*.runtimeconfig.json").SingleOrDefault() : null;
        return program is null
            ? throw new FileNotFoundException($"{output.FullName} holds no program: build CleanStreets.sln first.")
            : program.FullName.Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal);
    }

    /// <summary>Starts a program of the product with <paramref name="arguments"/>.</summary>
    /// <remarks>
    /// Whoever started the tests in the background may ignore SIGINT (<c>nohup … &amp;</c>), and what is ignored a program inherits: it begins
    /// with the signals as a terminal gives them.
    /// </remarks>
    public static ProductProgram Start(string folder, params string[] arguments) =>
        StartProcess("env", ["--default-signal", "dotnet", AssemblyPath(folder), .. arguments]);

    /// <summary>Starts any program and collects what it prints.</summary>
    public static ProductProgram StartProcess(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        var program = new ProductProgram(new Process { StartInfo = start, EnableRaisingEvents = true });
        program._process.OutputDataReceived += (_, line) => program.Take(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Take(line.Data);
        program._process.Exited += (_, _) => program._ready.TrySetException(
            new InvalidOperationException($"{file} ended before it was ready:{Environment.NewLine}{program.Output}"));
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits for the program's line that begins with <c>ready</c> and returns it.</summary>
    /// <exception cref="InvalidOperationException">It ended first, or <paramref name="within"/> ran out.</exception>
    public async Task<string> ReadyAsync(TimeSpan within)
    {
        var first = await Task.WhenAny(_ready.Task, Task.Delay(within));
        return first == _ready.Task
            ? await _ready.Task
            : throw new InvalidOperationException($"Not ready within {within}:{Environment.NewLine}{Output}");
    }

    /// <summary>The value of <c>name=value</c> in a ready line.</summary>
    public static string ValueOf(string readyLine, string name) =>
        readyLine.Split(' ').Single(part => part.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>Ends it at once, as a power cut would (SIGKILL), and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _ = Kill(_process.Id, SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends any signal.</summary>
    public void Signal(int signal) => _ = Kill(_process.Id, signal);

    /// <summary>Asks it to stop (SIGTERM) and returns its exit code; kills it when it has not stopped in time.</summary>
    public async Task<int> StopAsync(TimeSpan within)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
        }

        return await ExitAsync(within);
    }

    /// <summary>Waits for the program to end by itself and returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            await KillAsync();
            throw new InvalidOperationException($"Did not stop within {within}:{Environment.NewLine}{Output}", late);
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (line.StartsWith("ready", StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
