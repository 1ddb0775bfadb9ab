using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>What a file says, read again when the file has changed; as long as it cannot be used, what was read before stays.</summary>
/// <remarks>
/// Looked at whenever the value is asked for, from any thread. (The MQTT listener watches by a timer instead, because it acts on a change, and takes
/// several files together; its library depends on nothing of ours, nor lends its insides.)
/// </remarks>
internal sealed class FileValue<T>
{
    private readonly string _path;
    private readonly Func<T> _read;
    private volatile Stamped _last;

    /// <summary>Reads for the first time.</summary>
    /// <param name="path">The file whose change counts.</param>
    /// <param name="read">Reads it; throws <see cref="UsageException"/> when it cannot be used.</param>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public FileValue(string path, Func<T> read)
    {
        (_path, _read) = (path, read);
        _last = ReadNow();
    }

    public T Current
    {
        get
        {
            try
            {
                if (File.GetLastWriteTimeUtc(_path) != _last.WrittenAt)
                {
                    _last = ReadNow();
                }
            }
            catch (Exception ex) when (ex is UsageException or IOException or UnauthorizedAccessException)
            {
                // Gone, half written or half renewed: asked again next time.
            }

            return _last.Value;
        }
    }

    // The time first: a change while it is read is seen next time.
    private Stamped ReadNow() => new(File.GetLastWriteTimeUtc(_path), _read());

    private sealed record Stamped(DateTime WrittenAt, T Value);
}
