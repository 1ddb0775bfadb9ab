using CleanStreets.Contracts.Disk;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>Reads what an earlier opening left: its chunks, its unstored readings, its marks.</summary>
/// <remarks>
/// A torn tail is cut. Damage in the middle loses the frames it hit and no other. A file of unexpected shape is renamed and kept
/// for diagnosis, and so is one that another key sealed, or that the disk no longer reads. Nothing here stops the spool from opening.
/// </remarks>
internal sealed class SpoolRecovery(SpoolOptions options, SealingKey sealingKey, ILogger logger)
{
    private readonly byte[] _plain = new byte[SpoolFrame.MaxBytes];
    private readonly Dictionary<string, SpoolSession> _sessions = [];
    private readonly List<Chunk> _chunks = [];
    private int _otherFiles;
    private long _otherBytes;

    public IReadOnlyCollection<SpoolSession> Sessions => _sessions.Values;

    public List<Chunk> Chunks => _chunks;

    /// <summary>Number for the next chunk: above every number ever seen here.</summary>
    public long NextNumber { get; private set; } = 1;

    public void Run()
    {
        SealedFile.RemoveUnfinished(options.Folder);
        var found = Chunk.In(options.Folder);
        foreach (var chunk in found)
        {
            NextNumber = chunk.Number + 1;
            ReadChunk(chunk, newest: ReferenceEquals(chunk, found[^1]));
        }

        KeepWhatOthersSealed();
    }

    private void ReadChunk(Chunk chunk, bool newest)
    {
        byte[] data;
        try
        {
            data = File.ReadAllBytes(chunk.Path);
        }
        catch (IOException broken)
        {
            KeepUnreadable(chunk.Path, broken);
            return;
        }

        if (ChunkHeader.Read(data, chunk.Number) is not { } header)
        {
            SpoolLog.KeptAside(logger, KeptFile.Rename(chunk.Path), data.Length);
            return;
        }

        if (header.IsSealed && header.KeyId != sealingKey.Id)
        {
            KeptFile.Rename(chunk.Path);
            _otherFiles++;
            _otherBytes += data.Length;
            return;
        }

        chunk.Header = header;
        using var cipher = header.Cipher(sealingKey);
        var good = header.Bytes;
        var position = good;
        var lost = 0;
        while (position < data.Length)
        {
            if (SpoolFrame.TryRead(chunk.Number, cipher, position, data.AsSpan(position), wanted: 0, _plain, out var frame))
            {
                lost += position - good;
                Take(chunk, frame, position);
                position += frame.TotalBytes;
                good = position;
            }
            else
            {
                position++;
            }
        }

        if (lost > 0)
        {
            SpoolLog.Damaged(logger, chunk.Path, lost);
        }

        if (good < data.Length && newest)
        {
            Cut(chunk, good, data.Length - good);
        }

        chunk.Bytes = good;
        _chunks.Add(chunk);
    }

    private void Take(Chunk chunk, SpoolFrame frame, long offset)
    {
        var name = System.Text.Encoding.ASCII.GetString(frame.Key) + frame.TruckLength;
        if (!_sessions.TryGetValue(name, out var session))
        {
            var key = frame.ToKey();
            session = new SpoolSession(key, leftover: true, recentReadings: 1) { About = SessionAbout.Read(options.Folder, key, sealingKey) };
            if (session.About?.ClockAheadMs is { } ahead)
            {
                session.ClockAhead = () => TimeSpan.FromMilliseconds(ahead);
            }
            _sessions.Add(name, session);
        }

        if (frame.Type == FrameType.Mark)
        {
            session.Store(Math.Max(session.StoredThrough, frame.Sequence));
        }
        else if (frame.Sequence > session.CommittedThrough)
        {
            session.Recover(frame.Sequence);
            if (session.Extents is [.., var last] && ReferenceEquals(last.Chunk, chunk))
            {
                last.LastSequence = frame.Sequence;
                last.Count++;
            }
            else
            {
                var extent = new Extent(session, chunk, frame.Ordinal, frame.Sequence, offset);
                session.Extents = [.. session.Extents, extent];
                chunk.Extents.Add(extent);
            }
        }
    }

    private void Cut(Chunk chunk, int good, int torn)
    {
        using (var file = File.OpenHandle(chunk.Path, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, good);
            FileFlush.Flush(file);
        }

        SpoolLog.TornTail(logger, chunk.Path, torn);
    }

    private void KeepWhatOthersSealed()
    {
        foreach (var path in SessionAbout.In(options.Folder).Concat(EvidenceShelf.In(options.Folder)).Where(IsAnotherKeys))
        {
            _otherBytes += new FileInfo(path).Length;
            _otherFiles++;
            KeptFile.Rename(path);
        }

        if (_otherFiles > 0)
        {
            SpoolLog.OtherKey(logger, _otherFiles, _otherBytes);
        }
    }

    private bool IsAnotherKeys(string path)
    {
        try
        {
            return SealedFile.IsAnotherKeys(path, sealingKey);
        }
        catch (IOException broken)
        {
            KeepUnreadable(path, broken);
            return false;
        }
    }

    /// <summary>A bad sector costs the file it lies in; its number is not used again.</summary>
    private void KeepUnreadable(string path, IOException broken)
    {
        SpoolLog.Unreadable(logger, path, broken.Message);
        try
        {
            KeptFile.Rename(path);
        }
        catch (IOException stays)
        {
            SpoolLog.NotRenamed(logger, path, stays.Message); // The next opening tries again.
        }
    }
}
