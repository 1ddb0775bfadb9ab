using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>The evidence pictures on the truck's disk: few, small, not for long.</summary>
/// <remarks>
/// A picture's name is its id and says when it was taken, so nothing else need be kept. What a power cut left unfinished is removed at the
/// start. Used by one thread at a time.
/// </remarks>
internal sealed class EvidenceStore
{
    private const string Extension = ".jpg";

    private readonly EvidenceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Queue<(string Id, long AtMs, long Bytes)> _pictures = new();
    private long _bytes;
    private long _lastMs;

    /// <summary>Opens the folder, counts what lies there and removes what is unfinished, foreign or too old.</summary>
    /// <exception cref="VisionException">The folder cannot be used.</exception>
    public EvidenceStore(EvidenceOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        try
        {
            Directory.CreateDirectory(options.Folder);
            foreach (var file in new DirectoryInfo(options.Folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                if (AtMs(file.Name) is { } atMs)
                {
                    _pictures.Enqueue((Path.GetFileNameWithoutExtension(file.Name), atMs, file.Length));
                    _bytes += file.Length;
                    _lastMs = atMs;
                }
                else
                {
                    file.Delete();
                }
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The folder for evidence {options.Folder} cannot be used: {ex.Message}", ex);
        }

        Sweep();
    }

    /// <summary>Pictures kept.</summary>
    public int Count => _pictures.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes => _bytes;

    /// <summary>Whether another picture may be taken within this hour.</summary>
    public bool HasRoomThisHour()
    {
        var hourAgo = NowMs - (long)TimeSpan.FromHours(1).TotalMilliseconds;
        return _pictures.Count(picture => picture.AtMs > hourAgo) < _options.MaxAnHour;
    }

    /// <summary>Keeps a picture.</summary>
    /// <returns>Its id; null when the disk did not take it, which is logged.</returns>
    public async Task<string?> KeepAsync(MaskedPicture picture, CancellationToken cancellationToken)
    {
        // Never the same twice, also when the clock was set back.
        var atMs = _lastMs = Math.Max(NowMs, _lastMs + 1);
        var id = string.Create(CultureInfo.InvariantCulture, $"e-{atMs:D15}");
        var path = Path.Combine(_options.Folder, id + Extension);
        try
        {
            await picture.WriteAsync(path, cancellationToken);
            var bytes = new FileInfo(path).Length;
            _pictures.Enqueue((id, atMs, bytes));
            _bytes += bytes;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or Capture.CaptureException)
        {
            VisionLog.EvidenceNotWritten(_logger, ex.Message);
            return null;
        }

        Sweep();
        return id;
    }

    /// <summary>Removes what is too much or too old, the oldest first. Gives the spool its room back when asked for more.</summary>
    /// <param name="maxPictures">Keep at most so many; null for what the options say.</param>
    public void Sweep(int? maxPictures = null)
    {
        var oldest = NowMs - (long)_options.MaxAge.TotalMilliseconds;
        while (_pictures.TryPeek(out var picture)
            && (_pictures.Count > (maxPictures ?? _options.MaxPictures) || _bytes > _options.MaxBytes || picture.AtMs < oldest))
        {
            File.Delete(Path.Combine(_options.Folder, picture.Id + Extension));
            _bytes -= picture.Bytes;
            _pictures.Dequeue();
        }
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long? AtMs(string name) =>
        name.StartsWith("e-", StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(2, name.Length - 2 - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : null;
}
