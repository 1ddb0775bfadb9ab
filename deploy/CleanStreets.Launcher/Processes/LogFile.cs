using System.Text;

namespace CleanStreets.Launcher.Processes;

/// <summary>The log of a program, line by line. A disk that is full costs lines and nothing else: they are counted, and the file says how many are missing.</summary>
/// <param name="path">The file; what is there stays.</param>
/// <param name="complain">Hears once an episode that it cannot be written.</param>
internal sealed class LogFile(string path, Action<string> complain) : IDisposable
{
    private FileStream? _file;
    private long _missing;

    /// <summary>Adds a line, if the disk takes it. One caller at a time.</summary>
    public void WriteLine(string line)
    {
        try
        {
            // No buffer: what a write that failed leaves in one would come again later, half of it twice.
            _file ??= new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var notice = _missing > 0 ? $"{Environment.NewLine}({_missing} lines are missing here: the log could not be written.){Environment.NewLine}" : string.Empty;
            _file.Write(Encoding.UTF8.GetBytes(notice + line + Environment.NewLine));
            _missing = 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (_missing++ == 0)
            {
                complain($"{path} cannot be written ({fault.Message.TrimEnd('.')}). Everything goes on; lines are missing there until it can.");
            }
        }
    }

    public void Dispose() => _file?.Dispose();
}
