using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>The agent's log on the box's own disk, for people who cannot come to the box: two files of bounded size, the older one replaced by the newer.</summary>
/// <remarks>Lines are episodes, not readings, so they are few. What cannot be written is left out: the log must not stop the agent. Any thread.</remarks>
internal sealed class LogFile(string folder, TimeProvider time) : ILoggerProvider
{
    /// <summary>Size at which a file is put aside.</summary>
    public const int FileBytes = 256 * 1024;

    private readonly Lock _writing = new(); // Cold: a line an episode.

    private string Current => Path.Combine(folder, "agent.log");

    private string Older => Path.Combine(folder, "agent.log.1");

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineWriter(this);

    /// <summary>The newest lines, oldest first.</summary>
    /// <param name="lines">Most lines.</param>
    /// <param name="bytes">Most bytes of them.</param>
    public string Tail(int lines, int bytes)
    {
        lock (_writing)
        {
            var kept = new Stack<string>();
            var used = 0;
            foreach (var line in ReadLines(Older).Concat(ReadLines(Current)).Reverse().Take(lines))
            {
                used += Encoding.UTF8.GetByteCount(line) + 1;
                if (used > bytes)
                {
                    break;
                }

                kept.Push(line);
            }

            return string.Concat(kept.Select(line => line + "\n"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open between two lines.
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Write(LogLevel level, string message)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} {level} {message.ReplaceLineEndings(" ")}\n");
        lock (_writing)
        {
            try
            {
                Directory.CreateDirectory(folder);
                if (File.Exists(Current) && new FileInfo(Current).Length > FileBytes)
                {
                    File.Move(Current, Older, overwrite: true);
                }

                File.AppendAllText(Current, line);
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // A full disk: the other providers still say it.
            }
        }
    }

    private sealed class LineWriter(LogFile file) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                file.Write(logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}");
            }
        }
    }
}
