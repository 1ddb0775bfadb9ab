using System.Diagnostics;
using System.Text;

namespace CleanStreets.Edge.Position;

/// <summary>Lines of text from a serial device, a pipe or a file.</summary>
internal static class SerialLine
{
    // A device at the wrong speed sends noise without an end of line.
    private const int MaxLineLength = 1024;

    /// <summary>Reads lines until it ends.</summary>
    /// <param name="path">The device, pipe or file.</param>
    /// <param name="baud">Speed of a serial device; others have none.</param>
    /// <param name="encoding">Its text.</param>
    /// <param name="take">Takes a line; longer ones than a kilobyte are cut there.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="IOException">It cannot be opened, set or read; the message says which.</exception>
    public static async Task ReadLinesAsync(string path, int baud, Encoding encoding, Func<string, ValueTask> take, CancellationToken stop)
    {
        if (IsCharacterDevice(path))
        {
            await SetSpeedAsync(path, baud, stop);
        }

        // A read of a silent device cannot be taken back: when stopped it is left behind, and ends with the program.
        var file = await Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), CancellationToken.None).WaitAsync(stop);
        var buffer = new byte[MaxLineLength];
        var filled = 0;
        var isSkipping = false;
        try
        {
            while (true)
            {
                var read = await Task.Run(() => file.Read(buffer, filled, buffer.Length - filled), CancellationToken.None).WaitAsync(stop);
                if (read == 0)
                {
                    if (filled > 0 && !isSkipping)
                    {
                        await take(encoding.GetString(buffer, 0, filled).TrimEnd('\r'));
                    }

                    return;
                }

                filled += read;
                for (int end; (end = Array.IndexOf(buffer, (byte)'\n', 0, filled)) >= 0;)
                {
                    if (!isSkipping)
                    {
                        await take(encoding.GetString(buffer, 0, end).TrimEnd('\r'));
                    }

                    isSkipping = false;
                    filled -= end + 1;
                    Array.Copy(buffer, end + 1, buffer, 0, filled);
                }

                if (filled == buffer.Length)
                {
                    if (!isSkipping)
                    {
                        await take(encoding.GetString(buffer, 0, filled));
                    }

                    (isSkipping, filled) = (true, 0);
                }
            }
        }
        finally
        {
            if (!stop.IsCancellationRequested)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static bool IsCharacterDevice(string path) => Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);

    private static async Task SetSpeedAsync(string path, int baud, CancellationToken stop)
    {
        var start = new ProcessStartInfo("stty", ["-F", path, baud.ToString(System.Globalization.CultureInfo.InvariantCulture), "raw", "-echo"]) { RedirectStandardError = true, UseShellExecute = false };
        using var stty = Process.Start(start) ?? throw new IOException("stty cannot be started: install coreutils.");
        var errors = await stty.StandardError.ReadToEndAsync(stop);
        await stty.WaitForExitAsync(stop);
        if (stty.ExitCode != 0)
        {
            throw new IOException($"{path} cannot be set to {baud} baud: {errors.Trim()}");
        }
    }
}
