using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CleanStreets.Contracts.Processes;
using CleanStreets.Launcher.Commands;

namespace CleanStreets.Launcher.Processes;

/// <summary>One of the three programs, started as a process of its own.</summary>
/// <remarks>Its error stream is its log and goes to a file. Its output is for people, a first password for example: it passes through and is kept nowhere.</remarks>
internal sealed partial class ProductProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int LinesKept = 12;

    private readonly Process _process;
    private readonly LogFile _log;
    private readonly Queue<string> _last = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _waits;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProductProcess(string name, Process process, string logPath)
    {
        Name = name;
        LogPath = logPath;
        _process = process;
        _log = new LogFile(logPath, complaint => Console.Error.WriteLine($"cleanstreets: {complaint}"));
    }

    public string Name { get; }

    public string LogPath { get; }

    /// <summary>Completes when the process has ended, for whatever reason.</summary>
    public Task Gone => _gone.Task;

    public int ExitCode => _process.ExitCode;

    public static ProductProcess Start(string name, string folder, string logFolder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ProductFolder.Assembly(folder), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // Never written to: that it closes with this process, however that ends, tells the program to stop.
            RedirectStandardInput = true,
        };
        start.Environment[StarterWatch.Variable] = "1";
        var program = new ProductProcess(name, new Process { StartInfo = start, EnableRaisingEvents = true }, Path.Combine(logFolder, name + ".log"));
        program._process.OutputDataReceived += (_, line) => program.Say(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Log(line.Data);
        program._process.Exited += (_, _) => program._gone.TrySetResult();
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits for the line <c>ready NAME key=value …</c>.</summary>
    /// <remarks>While it says that it waits (a line <c>waiting NAME …</c>, until <c>starting NAME …</c>), for a disk that is full, so do we: it goes on by itself.</remarks>
    /// <exception cref="WrongUseException">The program ended with exit code 2: its own sentence is passed on.</exception>
    /// <exception cref="LaunchException">The program ended otherwise, or did not become ready in time.</exception>
    public async Task<ReadyLine> ReadyAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        do
        {
            await Task.WhenAny(_ready.Task, _gone.Task, Task.Delay(within, cancellationToken));
        }
        while (_waits && !_ready.Task.IsCompleted && !_gone.Task.IsCompleted && !cancellationToken.IsCancellationRequested);

        cancellationToken.ThrowIfCancellationRequested();
        if (_ready.Task.IsCompletedSuccessfully)
        {
            return new ReadyLine(await _ready.Task);
        }

        if (!_gone.Task.IsCompleted)
        {
            throw new LaunchException($"{Name} is not ready after {within.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s. Its log is {LogPath}.");
        }

        await _process.WaitForExitAsync(cancellationToken);
        var words = LastWords();
        throw ExitCode == CommandLine.WrongUse ? new WrongUseException(words) : new LaunchException($"{Name} ended with exit code {ExitCode}: {words} Its log is {LogPath}.");
    }

    /// <summary>Asks the program to stop and waits; ends it when it does not stop in time.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        if (_process.HasExited)
        {
            return;
        }

        _ = Kill(_process.Id, SigTerm);
        if (await Task.WhenAny(_gone.Task, Task.Delay(within)) != _gone.Task)
        {
            await Console.Error.WriteLineAsync($"cleanstreets: {Name} did not stop within {within.TotalSeconds:0} s and is ended. Its log is {LogPath}.");
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public string LastWords()
    {
        lock (_last)
        {
            return string.Join(' ', _last.Where(line => line.Length > 0).TakeLast(3));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(1));
        _process.Dispose();
        _log.Dispose();
    }

    private void Say(string? line)
    {
        if (line is null)
        {
            return;
        }

        _waits = line.StartsWith("waiting ", StringComparison.Ordinal) || (_waits && !line.StartsWith("starting ", StringComparison.Ordinal));
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
        else
        {
            Console.Out.WriteLine(line);
        }
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_last) // LastWords asks from another thread.
        {
            _log.WriteLine(line);
            _last.Enqueue(line);
            if (_last.Count > LinesKept)
            {
                _last.Dequeue();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}

/// <summary>What a program says once it serves: <c>ready ingest mqtt=127.0.0.1:1883 …</c>.</summary>
internal sealed class ReadyLine(string line)
{
    /// <summary>The value of <paramref name="name"/>.</summary>
    public string this[string name] =>
        Find(name) ?? throw new LaunchException($"'{line}' does not say {name}=….");

    /// <summary>The same, or null when the line does not say it.</summary>
    public string? Find(string name) =>
        line.Split(' ').FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
