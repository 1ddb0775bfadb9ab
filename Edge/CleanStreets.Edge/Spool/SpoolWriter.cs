using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>The log itself: owns chunks, extents and marks. Used by the spool's loop alone.</summary>
/// <remarks>
/// When there is no room, on the disk or below the cap, what is worth least goes first (<see cref="TryFree"/>) and the commit is tried again. Where nothing is left to go, the group itself is dropped and
/// counted; the next one tries again. So a full disk costs readings and never the agent.
/// </remarks>
internal sealed class SpoolWriter : IDisposable
{
    private readonly SpoolOptions _options;
    private readonly SealingKey _key;
    private readonly ILogger _logger;
    private readonly LinkedList<Chunk> _closed;
    private readonly Queue<FileInfo> _kept;
    private readonly HashSet<SpoolSession> _marked = [];
    private readonly HashSet<SpoolSession> _toMark = [];
    private readonly List<(SpoolSession Session, SpooledReading Reading, IReadOnlyList<EvidencePicture> Pictures)> _group = [];
    private readonly List<(ushort Ordinal, long Offset)> _places = [];
    private readonly HashSet<SpoolSession> _changed = [];
    private readonly DropEpisode _episode;
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private ChunkWriter? _current;
    private long _nextNumber;
    private long _closedBytes;
    private long _keptBytes;
    private long _stored;
    private long _bytes;

    public SpoolWriter(SpoolOptions options, SealingKey key, SpoolRecovery recovery, TimeProvider time, ILogger logger)
    {
        Evidence = new EvidenceShelf(options, key, time, logger);
        (_options, _key, _logger, _nextNumber) = (options, key, logger, recovery.NextNumber);
        _episode = new DropEpisode(options.CapBytes, logger);
        foreach (var extent in recovery.Chunks.SelectMany(c => c.Extents))
        {
            extent.Chunk.Outstanding++;
            extent.Session.ChunksHolding++;
        }

        _closed = new LinkedList<Chunk>(recovery.Chunks);
        _closedBytes = recovery.Chunks.Sum(c => c.Bytes);
        _kept = new Queue<FileInfo>(KeptFile.In(options.Folder));
        _keptBytes = _kept.Sum(file => file.Length);
        foreach (var session in recovery.Sessions)
        {
            Release(session);
        }

        _marked.UnionWith(recovery.Sessions.Where(s => s.StoredThrough > 0));
        if (TryWrite())
        {
            _toMark.Clear();
            DeleteStored();
        }

        Volatile.Write(ref _bytes, BytesOnDisk);
        var unstored = recovery.Sessions.Where(s => s.Unstored > 0).ToList();
        SpoolLog.Opened(logger, _closed.Count, unstored.Sum(s => s.Unstored), unstored.Count);
    }

    /// <summary>About how many bytes wait for the commit.</summary>
    public int PendingBytes { get; private set; }

    public long Stored => Volatile.Read(ref _stored);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The evidence pictures.</summary>
    public EvidenceShelf Evidence { get; }

    private long BytesOnDisk => _closedBytes + _keptBytes + Evidence.Bytes + (_current?.Chunk.Bytes ?? 0);

    /// <summary>Readings dropped since the opening. Any thread.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>Puts a command into the commit group.</summary>
    public void Take(in SpoolCommand command)
    {
        if (command.PictureId is { } picture)
        {
            Evidence.Remove(picture, command.Type == CommandType.PictureStored);
            return;
        }

        var session = command.Session!;
        if (command.Type == CommandType.Mark)
        {
            // From the future, or from the past: neither moves anything.
            if (command.Sequence <= session.CommittedThrough && command.Sequence > session.StoredThrough)
            {
                var before = Math.Max(session.StoredThrough, session.Oldest - 1);
                Volatile.Write(ref _stored, _stored + Math.Max(0, command.Sequence - before));
                session.Store(command.Sequence);
                _marked.Add(session);
                _toMark.Add(session);
                PendingBytes += SpoolFrame.SizeOf(session.Key.Bytes.Length, 0);
                Release(session);
                _changed.Add(session);
            }

            return;
        }

        _group.Add((session, new SpooledReading(session.NextSequence++, command.CapturedAtMs, command.Format, command.Encoded), command.Pictures));
        PendingBytes += SpoolFrame.SizeOf(session.Key.Bytes.Length, command.Encoded.Length);
    }

    /// <summary>Makes the group durable, then shows its readings to their sessions.</summary>
    public void Commit()
    {
        if (_group.Count > 0 || _toMark.Count > 0)
        {
            ShowOrDrop(TryWrite());
        }

        DeleteStored();
        Evidence.Sweep();
        if (_current?.Chunk.Bytes >= _options.ChunkBytes)
        {
            Rotate();
        }

        DropBeyondCap();
        Volatile.Write(ref _bytes, BytesOnDisk);
        foreach (var session in _changed)
        {
            session.Changed?.Invoke();
        }

        _changed.Clear();
    }

    /// <summary>Leaves on the disk what a power cut leaves of a commit: a part of its bytes, not synced and told to nobody. Nothing may follow but the end.</summary>
    public void Tear(double share)
    {
        if (_current is { } current && _group.Count > 0)
        {
            SealGroup(current);
            current.Tear(share);
        }
    }

    public void Dispose() => _current?.Dispose();

    /// <summary>Writes the group, and makes room for it as long as there is anything that may go.</summary>
    /// <returns>Whether it is on disk.</returns>
    private bool TryWrite()
    {
        ChunkWriter? sealedFor = null;
        while (true)
        {
            try
            {
                _current ??= Begin();
                if (sealedFor != _current)
                {
                    SealGroup(_current);
                    sealedFor = _current;
                }

                if (_current.HasPending)
                {
                    _current.Commit();
                }

                return true;
            }
            catch (IOException full) when (DiskFull.Is(full))
            {
                _episode.NoRoom(full.Message);
                if (!TryFree(DropReason.DiskFull) && !TryGiveUpCurrent())
                {
                    return false;
                }
            }
        }
    }

    /// <summary>
    /// A chunk that goes takes its marks along, so every new chunk says the marks again of all that still lie in older ones:
    /// otherwise stored readings would come back at the next opening.
    /// </summary>
    private ChunkWriter Begin()
    {
        var chunk = new ChunkWriter(_options.Folder, _nextNumber, _key);
        _nextNumber++;
        _marked.RemoveWhere(session => session.ChunksHolding == 0);
        _toMark.UnionWith(_marked);
        return chunk;
    }

    private void SealGroup(ChunkWriter chunk)
    {
        foreach (var session in _toMark)
        {
            chunk.Append(FrameType.Mark, 0, session.Key, new SpooledReading(session.StoredThrough, 0, default, default));
        }

        _places.Clear();
        foreach (var (session, reading, _) in _group)
        {
            var ordinal = session.OrdinalIn(chunk.Chunk);
            _places.Add((ordinal, chunk.Append(FrameType.Reading, ordinal, session.Key, in reading)));
        }
    }

    private void ShowOrDrop(bool isWritten)
    {
        for (var i = 0; i < _group.Count; i++)
        {
            var (session, reading, pictures) = _group[i];
            if (isWritten)
            {
                Extend(session, in reading, _places[i].Ordinal, _places[i].Offset);
                session.Commit(in reading);
                _changed.Add(session);
            }

            // Behind the reading that names them: it is worth more.
            foreach (var picture in pictures)
            {
                if (isWritten)
                {
                    Evidence.Keep(picture, session, reading.Sequence);
                }
                else
                {
                    Evidence.NotKept(DropReason.DiskFull);
                }
            }
        }

        if (isWritten)
        {
            _episode.HasRoom();
        }
        else
        {
            Count(DropReason.DiskFull, _group.Count);
        }

        _group.Clear();
        _toMark.Clear();
        PendingBytes = 0;
    }

    private void Extend(SpoolSession session, in SpooledReading reading, ushort ordinal, long offset)
    {
        var chunk = _current!.Chunk;
        if (session.Extents is [.., var last] && ReferenceEquals(last.Chunk, chunk))
        {
            last.LastSequence = reading.Sequence;
            last.Count++;
            return;
        }

        var extent = new Extent(session, chunk, ordinal, reading.Sequence, offset);
        chunk.Extents.Add(extent);
        chunk.Outstanding++;
        session.ChunksHolding++;
        session.Extents = [.. session.Extents, extent];
    }

    /// <summary>Lets go of extents whose every reading is stored. The newest chunk's may still grow and stays.</summary>
    private void Release(SpoolSession session)
    {
        var extents = session.Extents;
        var stored = 0;
        while (stored < extents.Length && extents[stored].LastSequence <= session.StoredThrough && !ReferenceEquals(extents[stored].Chunk, _current?.Chunk))
        {
            extents[stored++].Chunk.Outstanding--;
        }

        if (stored > 0)
        {
            session.Extents = extents[stored..];
        }
    }

    private void Rotate()
    {
        Close(_current!);
        if (TryWrite())
        {
            ShowOrDrop(isWritten: true); // Marks alone: from here on a chunk that holds the earlier ones may go.
            DeleteStored();
        }
    }

    private void Close(ChunkWriter full)
    {
        full.Dispose();
        _current = null;
        _closed.AddLast(full.Chunk);
        _closedBytes += full.Chunk.Bytes;
        foreach (var extent in full.Chunk.Extents)
        {
            Release(extent.Session);
        }
    }

    /// <summary>The newest chunk has no room for the group: it ends here and may be dropped like any other.</summary>
    private bool TryGiveUpCurrent()
    {
        if (_current is not { } current)
        {
            return false;
        }

        current.GiveUp();
        Close(current);
        return true;
    }

    private void DeleteStored()
    {
        for (var node = _closed.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Outstanding == 0)
            {
                Delete(node);
            }

            node = next;
        }
    }

    private void DropBeyondCap()
    {
        while (BytesOnDisk > _options.CapBytes)
        {
            _episode.BeyondCap();
            if (!TryFree(DropReason.SpoolFull))
            {
                break;
            }
        }

        _episode.Bytes(BytesOnDisk, Dropped(DropReason.SpoolFull) + Dropped(DropReason.DiskFull));
    }

    /// <summary>Lets go of what is worth least: files that nobody can read, then the oldest picture, then the oldest readings.</summary>
    /// <returns>Whether anything went.</returns>
    private bool TryFree(DropReason reason)
    {
        if (_kept.TryDequeue(out var kept))
        {
            _keptBytes -= kept.Length; // Asked for once, at the opening: it stays what it was.
            kept.Delete();
            return true;
        }

        if (Evidence.TryDropOldest(reason))
        {
            return true;
        }

        if (_closed.First is not { } oldest)
        {
            return false;
        }

        foreach (var extent in oldest.Value.Extents)
        {
            var session = extent.Session;
            var first = Math.Max(extent.FirstSequence, session.StoredThrough + 1);
            Count(reason, Math.Clamp(extent.LastSequence - first + 1, 0, extent.Count));
            session.Extents = [.. session.Extents.Where(e => e != extent)];
            _changed.Add(session);
        }

        Delete(oldest);
        return true;
    }

    private void Count(DropReason reason, long readings) => Volatile.Write(ref _dropped[(int)reason], _dropped[(int)reason] + readings);

    private void Delete(LinkedListNode<Chunk> node)
    {
        File.Delete(node.Value.Path);
        foreach (var extent in node.Value.Extents)
        {
            extent.Session.ChunksHolding--;
        }

        _closedBytes -= node.Value.Bytes;
        _closed.Remove(node);
    }
}
