using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Admit;

/// <summary>The file of assignments, read again when it changes; one that is wrong changes nothing and is said once.</summary>
/// <remarks>
/// <see cref="IsFrom"/> is called by admission's loop, the look by a timer. Before a reading is set aside the file is looked at once more: a box that was assigned a
/// moment ago must not lose its first readings to the time between two looks.
/// </remarks>
internal sealed class AssignmentWatch : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _reading = new(); // Cold: held while the file is read, not while readings are judged.
    private ITimer? _timer;
    private AssignmentBook _book;
    private DateTime _readAt;

    /// <exception cref="UsageException">The file cannot be read or is not of its format.</exception>
    public AssignmentWatch(string path, TimeProvider time, ILogger logger)
    {
        (_path, _logger) = (path, logger);
        try
        {
            _readAt = File.GetLastWriteTimeUtc(path);
            _book = AssignmentBook.Parse(File.ReadLines(path));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--mqtt-assignments {path}: {ex.Message}", ex);
        }

        _timer = time.CreateTimer(_ => TryRead(), null, LookInterval, LookInterval);
    }

    /// <summary>Whether a reading can be from a box on this truck.</summary>
    /// <param name="sender">The client identifier of who sent it, which a certificate proves; null: it came another way.</param>
    /// <param name="device">The box that it says it is from.</param>
    /// <param name="truck">The truck it is for.</param>
    /// <param name="capturedAtMs">When it was taken.</param>
    /// <param name="isLookedAt">Whether the file has been looked at for this message: once for all readings of it that are about to be set aside.</param>
    public bool IsFrom(string? sender, string? device, TruckId truck, long capturedAtMs, ref bool isLookedAt)
    {
        if (Judge(sender, device, truck, capturedAtMs))
        {
            return true;
        }

        if (isLookedAt)
        {
            return false;
        }

        isLookedAt = true;
        Looks++;
        return TryRead() && Judge(sender, device, truck, capturedAtMs);
    }

    /// <summary>How often the file was looked at because a reading was about to be set aside.</summary>
    public long Looks { get; private set; }

    public void Dispose()
    {
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>A box speaks for itself: who is known as one cannot send as another.</summary>
    private bool Judge(string? sender, string? device, TruckId truck, long capturedAtMs)
    {
        var book = Volatile.Read(ref _book);
        return device is not null && (sender is null || sender == device || !book.Has(sender)) && book.Sat(device, truck, capturedAtMs);
    }

    private bool TryRead()
    {
        try
        {
            if (File.GetLastWriteTimeUtc(_path) == _readAt)
            {
                return false;
            }

            lock (_reading)
            {
                _readAt = File.GetLastWriteTimeUtc(_path);
                Volatile.Write(ref _book, AssignmentBook.Parse(File.ReadLines(_path)));
            }

            _logger.AssignmentsRead(_path);
            return true;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or FormatException)
        {
            _logger.AssignmentsNotRead(_path, ex.Message);
            return false;
        }
    }
}
