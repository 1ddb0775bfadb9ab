using System.Collections.Concurrent;
using CleanStreets.Edge.Tests.Install;
using CleanStreets.Edge.Tests.Service;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>Does what systemd does with the lines of the unit: before, start, wait for READY=1, after, and again for ever. The programs are the real ones.</summary>
internal sealed class UnitRunner : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ReleaseBench _bench;
    private readonly Func<string?, TimeSpan> _startTime;
    private readonly string[] _unit = File.ReadAllLines(ReleaseBench.Script("cleanstreets-edge.service"));
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private ProductProgram? _program;

    /// <param name="bench">The box.</param>
    /// <param name="startTime">TimeoutStartSec, by the release that starts.</param>
    public UnitRunner(ReleaseBench bench, Func<string?, TimeSpan> startTime)
    {
        (_bench, _startTime) = (bench, startTime);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What happened, a line each.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    public string Story => string.Join(System.Environment.NewLine, Log);

    /// <summary>Exit codes, in order.</summary>
    public ConcurrentQueue<int> Codes { get; } = [];

    /// <summary>As a power cut does; the next start is another boot's unless told otherwise.</summary>
    public async Task CutAsync()
    {
        try
        {
            await (Volatile.Read(ref _program)?.KillAsync() ?? Task.CompletedTask);
        }
        catch (InvalidOperationException)
        {
            // It had just ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        for (var start = 0; !_end.IsCancellationRequested; start++)
        {
            var (_, said) = ReleaseBench.Run("/bin/bash", ["-c", Line("ExecStartPre")]);
            Note(said);
            using var manager = new NotifySocket(_bench.Combine($"notify-{start}"));
            await using var program = ProductProgram.StartProcess("/bin/bash", ["-c", $"export {Environment} NOTIFY_SOCKET={_bench.Combine($"notify-{start}")} WATCHDOG_USEC=180000000; exec {Line("ExecStart")}"]);
            Volatile.Write(ref _program, program);
            await WaitAsync(() => manager.Said("READY=1") > 0 || program.ExitCode is not null, _startTime(_bench.Current));
            if (program.ExitCode is null && !_end.IsCancellationRequested)
            {
                var isWell = manager.Said("READY=1") > 0;
                if (isWell)
                {
                    (var code, said) = ReleaseBench.Run("/bin/bash", ["-c", Line("ExecStartPost")]);
                    Note(said);
                    isWell = code == 0;
                }
                else
                {
                    Note("start timed out");
                }

                if (isWell)
                {
                    Note($"running {_bench.Current}");
                    await WaitAsync(() => program.ExitCode is not null, Timeout.InfiniteTimeSpan);
                }
            }

            if (program.ExitCode is null)
            {
                await program.StopAsync(Eventually.Patience);
            }

            Volatile.Write(ref _program, null);
            Codes.Enqueue(program.ExitCode!.Value);
            Note($"ended with {program.ExitCode}{System.Environment.NewLine}{program.Output}");
            await Task.Delay(Pause);
        }
    }

    private async Task WaitAsync(Func<bool> what, TimeSpan longest)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!what() && !_end.IsCancellationRequested && (longest == Timeout.InfiniteTimeSpan || TimeProvider.System.GetElapsedTime(since) < longest))
        {
            await Task.Delay(50);
        }
    }

    /// <summary>What the unit puts into the environment.</summary>
    private string Environment => string.Join(' ', _unit.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal)).Select(line => OnBox(line["Environment=".Length..])));

    /// <summary>A line of the unit, on the box's disk.</summary>
    private string Line(string name) => OnBox(_unit.Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..].TrimStart('+'));

    private string OnBox(string line) => line
        .Replace("/opt/cleanstreets-edge/", _bench.Home + "/", StringComparison.Ordinal)
        .Replace("/etc/cleanstreets-edge/", _bench.OnBox("etc/cleanstreets-edge/"), StringComparison.Ordinal)
        .Replace("bin/switch ", $"bin/switch --root {_bench.Root} ", StringComparison.Ordinal);

    private void Note(string said)
    {
        if (said.Trim().Length > 0)
        {
            Log.Enqueue(said.Trim());
        }
    }
}
