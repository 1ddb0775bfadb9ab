using System.ComponentModel;
using System.Diagnostics;

namespace CleanStreets.Edge.Capture;

/// <summary>One run of the program <c>ffmpeg</c>, which decodes and encodes for us. Ended with its run, by its own process id.</summary>
internal sealed class Ffmpeg : IAsyncDisposable
{
    private const int KeptErrorLines = 5;

    /// <summary>A process that hangs in a driver of the kernel does not even die of SIGKILL: nobody waits for it longer than this.</summary>
    private static readonly TimeSpan MostToDie = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Task _errorsRead;

    private Ffmpeg(Process process)
    {
        _process = process;
        _errorsRead = Task.Run(ReadErrorsAsync);
    }

    /// <summary>What it writes to its output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads from its input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts it.</summary>
    /// <exception cref="CaptureException">It is not installed.</exception>
    public static Ffmpeg Start(IEnumerable<string> arguments, bool withInput)
    {
        var start = new ProcessStartInfo("ffmpeg", [.. withInput ? [] : (string[])["-nostdin"], "-hide_banner", "-loglevel", "error", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = withInput,
        };
        try
        {
            return new Ffmpeg(Process.Start(start)!);
        }
        catch (Win32Exception missing)
        {
            throw new CaptureException("ffmpeg is not installed (Debian: apt-get install ffmpeg).", missing);
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>0 when all went well, and the last things it said.</returns>
    public async Task<(int Code, string Errors)> EndAsync(CancellationToken cancellationToken = default)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _errorsRead;
        return (_process.ExitCode, string.Join("; ", _errors));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Task.WhenAny(Task.WhenAll(_process.WaitForExitAsync(), _errorsRead), Task.Delay(MostToDie));
        _process.Dispose();
    }

    /// <summary>A pipe that nobody reads would stop it.</summary>
    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errors.Enqueue(line.Trim());
            if (_errors.Count > KeptErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }
}
