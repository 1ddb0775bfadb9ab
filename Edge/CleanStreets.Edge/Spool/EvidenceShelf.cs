using System.Globalization;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>The evidence pictures on the spool: few, small, not for long, each a sealed file that goes before any reading does.</summary>
/// <remarks>
/// A file's name is the picture's id, which says when it was taken, so nothing else need be kept. The spool's loop owns it; <see cref="Waiting"/> and <see cref="Read"/> are for any
/// thread.
/// </remarks>
internal sealed class EvidenceShelf
{
    private const string Extension = ".evidence";

    private readonly SpoolOptions _options;
    private readonly SealingKey _key;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LinkedList<KeptPicture> _pictures = [];
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private IReadOnlyList<string> _waiting = [];
    private long _stored;
    private bool _failing;

    /// <summary>Takes stock of what lies in the folder.</summary>
    public EvidenceShelf(SpoolOptions options, SealingKey key, TimeProvider time, ILogger logger)
    {
        (_options, _key, _time, _logger) = (options, key, time, logger);
        foreach (var path in In(options.Folder).Order(StringComparer.Ordinal))
        {
            if (TakenAtMs(Path.GetFileNameWithoutExtension(path)) is { } takenAt)
            {
                Add(new KeptPicture(Path.GetFileNameWithoutExtension(path), takenAt, new FileInfo(path).Length));
            }
        }

        Sweep();
    }

    /// <summary>Bytes on disk; owned by the spool's loop.</summary>
    public long Bytes { get; private set; }

    /// <summary>Ids of the pictures that wait, the oldest first; swapped whole. Any thread.</summary>
    public IReadOnlyList<string> Waiting => Volatile.Read(ref _waiting);

    /// <summary>Pictures that the city has stored since the opening. Any thread.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>Called on the spool's loop when a picture was kept or removed.</summary>
    public Action? Changed { get; set; }

    /// <summary>All files of this kind.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder, "*" + Extension);

    /// <summary>Pictures dropped since the opening. Any thread.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>The message of a picture; null when it is gone, damaged or cannot be read. Any thread.</summary>
    public byte[]? Read(string id)
    {
        try
        {
            return SealedFile.Read(PathOf(id), _key);
        }
        catch (IOException)
        {
            return null; // Dropped in the meantime, or on a bad sector.
        }
    }

    /// <summary>Keeps a picture, durably. On a full disk older pictures make room for it, and no reading does.</summary>
    public void Keep(EvidencePicture picture, SpoolSession session, long sequence)
    {
        var message = picture.ToMessage(session, sequence);
        while (true)
        {
            try
            {
                SealedFile.Write(PathOf(picture.Id), _key, message);
                break;
            }
            catch (IOException full) when (DiskFull.Is(full))
            {
                if (!TryDropOldest(DropReason.DiskFull))
                {
                    Count(DropReason.DiskFull);
                    return;
                }
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                if (!_failing)
                {
                    _failing = true;
                    SpoolLog.PictureNotKept(_logger, ex.Message);
                }

                return; // The next reading's write says whether the disk is broken.
            }
        }

        _failing = false;
        Add(new KeptPicture(picture.Id, picture.CapturedAt.ToUnixTimeMilliseconds(), message.Length + SealedFile.ExtraBytes));
        Sweep();
        Changed?.Invoke();
    }

    /// <summary>Counts a picture that never came to be kept, because its reading was not.</summary>
    public void NotKept(DropReason reason) => Count(reason);

    /// <summary>Removes a picture that the city has, or will never take, or that cannot be read.</summary>
    public void Remove(string id, bool isStored)
    {
        for (var node = _pictures.First; node is not null; node = node.Next)
        {
            if (node.Value.Id == id)
            {
                Delete(node);
                Volatile.Write(ref _stored, _stored + (isStored ? 1 : 0));
                Changed?.Invoke();
                return;
            }
        }
    }

    /// <summary>Lets the oldest picture go.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryDropOldest(DropReason reason)
    {
        if (_pictures.First is not { } oldest)
        {
            return false;
        }

        Delete(oldest);
        Count(reason);
        return true;
    }

    /// <summary>Lets go of what is too old or too many.</summary>
    public void Sweep()
    {
        var oldest = (_time.GetUtcNow() - _options.Evidence.MaxAge).ToUnixTimeMilliseconds();
        while (_pictures.First is { } first && first.Value.TakenAtMs < oldest)
        {
            TryDropOldest(DropReason.TooOld);
        }

        while (_pictures.Count > _options.Evidence.MaxPictures || Bytes > _options.Evidence.MaxBytes)
        {
            TryDropOldest(DropReason.TooMany);
        }
    }

    private void Add(KeptPicture picture)
    {
        _pictures.AddLast(picture);
        Bytes += picture.Bytes;
        Volatile.Write(ref _waiting, [.. _pictures.Select(kept => kept.Id)]);
    }

    private void Delete(LinkedListNode<KeptPicture> node)
    {
        File.Delete(PathOf(node.Value.Id));
        _pictures.Remove(node);
        Bytes -= node.Value.Bytes;
        Volatile.Write(ref _waiting, [.. _pictures.Select(kept => kept.Id)]);
    }

    private void Count(DropReason reason) => Volatile.Write(ref _dropped[(int)reason], _dropped[(int)reason] + 1);

    private string PathOf(string id) => Path.Combine(_options.Folder, id + Extension);

    private static long? TakenAtMs(string id)
    {
        if (!id.StartsWith(EvidencePicture.IdPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var time = id.AsSpan(EvidencePicture.IdPrefix.Length);
        var dash = time.IndexOf('-');
        return long.TryParse(dash < 0 ? time : time[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : null;
    }

    private readonly record struct KeptPicture(string Id, long TakenAtMs, long Bytes);
}
