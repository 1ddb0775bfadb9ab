using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>The log itself: owns chunks, extents and marks. Used by the spool's loop alone.</summary>
internal sealed class SpoolWriter : IDisposable
{
    private readonly SpoolOptions _options;
    private readonly ILogger _logger;
    private readonly LinkedList<Chunk> _closed;
    private readonly HashSet<SpoolSession> _marked = [];
    private readonly List<(SpoolSession Session, SpooledReading Reading, long Offset)> _group = [];
    private readonly HashSet<SpoolSession> _changed = [];
    private ChunkWriter _current;
    private long _closedBytes;
    private long _dropped;
    private long _stored;
    private long _bytes;
    private bool _dropping;

    public SpoolWriter(SpoolOptions options, SpoolRecovery recovery, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        foreach (var extent in recovery.Chunks.SelectMany(c => c.Extents))
        {
            extent.Chunk.Outstanding++;
            extent.Session.ChunksHolding++;
        }

        _closed = new LinkedList<Chunk>(recovery.Chunks);
        _closedBytes = recovery.Chunks.Sum(c => c.Bytes);
        _current = new ChunkWriter(options.Folder, recovery.NextNumber);
        foreach (var session in recovery.Sessions)
        {
            Release(session);
        }

        _marked.UnionWith(recovery.Sessions.Where(s => s.StoredThrough > 0));
        RepeatMarks();
        DeleteStored();
        _bytes = _closedBytes + _current.Chunk.Bytes;
        var unstored = recovery.Sessions.Where(s => s.Unstored > 0).ToList();
        SpoolLog.Opened(logger, _closed.Count, unstored.Sum(s => s.Unstored), unstored.Count);
    }

    public int PendingBytes => _current.Pending.WrittenCount;

    public long Dropped => Volatile.Read(ref _dropped);

    public long Stored => Volatile.Read(ref _stored);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Puts a command's frame into the commit group.</summary>
    public void Take(in SpoolCommand command)
    {
        var session = command.Session;
        if (command.Type == FrameType.Mark)
        {
            // From the future, or from the past: neither moves anything.
            if (command.Sequence <= session.CommittedThrough && command.Sequence > session.StoredThrough)
            {
                var before = Math.Max(session.StoredThrough, session.Oldest - 1);
                Volatile.Write(ref _stored, _stored + Math.Max(0, command.Sequence - before));
                session.Store(command.Sequence);
                _marked.Add(session);
                WriteMark(session);
                Release(session);
                _changed.Add(session);
            }

            return;
        }

        var reading = new SpooledReading(session.NextSequence++, command.CapturedAtMs, command.Format, command.Encoded);
        _group.Add((session, reading, _current.Position));
        SpoolFrame.Write(
            _current.Pending, _current.Chunk.Number, FrameType.Reading, reading.Format, session.Key, reading.Sequence, reading.CapturedAtMs, reading.Encoded.Span);
    }

    /// <summary>Makes the group durable, then shows its readings to their sessions.</summary>
    public void Commit()
    {
        if (PendingBytes > 0)
        {
            _current.Commit();
        }

        foreach (var (session, reading, offset) in _group)
        {
            Extend(session, in reading, offset);
            session.Commit(in reading);
            _changed.Add(session);
        }

        _group.Clear();
        DeleteStored();
        if (_current.Chunk.Bytes >= _options.ChunkBytes)
        {
            Rotate();
        }

        DropBeyondCap();
        Volatile.Write(ref _bytes, _closedBytes + _current.Chunk.Bytes);
        foreach (var session in _changed)
        {
            session.Changed?.Invoke();
        }

        _changed.Clear();
    }

    public void Dispose() => _current.Dispose();

    private void Extend(SpoolSession session, in SpooledReading reading, long offset)
    {
        if (session.Extents is [.., var last] && ReferenceEquals(last.Chunk, _current.Chunk))
        {
            last.LastSequence = reading.Sequence;
            last.Count++;
            return;
        }

        var extent = new Extent(session, _current.Chunk, reading.Sequence, offset);
        _current.Chunk.Extents.Add(extent);
        _current.Chunk.Outstanding++;
        session.ChunksHolding++;
        session.Extents = [.. session.Extents, extent];
    }

    /// <summary>Lets go of extents whose every reading is stored. The newest chunk's may still grow and stays.</summary>
    private void Release(SpoolSession session)
    {
        var extents = session.Extents;
        var stored = 0;
        while (stored < extents.Length && extents[stored].LastSequence <= session.StoredThrough && !ReferenceEquals(extents[stored].Chunk, _current.Chunk))
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
        var full = _current;
        full.Dispose();
        _closed.AddLast(full.Chunk);
        _closedBytes += full.Chunk.Bytes;
        _current = new ChunkWriter(_options.Folder, full.Chunk.Number + 1);
        foreach (var extent in full.Chunk.Extents)
        {
            Release(extent.Session);
        }

        RepeatMarks();
        DeleteStored();
    }

    /// <summary>
    /// A chunk that goes takes its marks along, so every new chunk says the marks again of all that still lie in older ones:
    /// otherwise stored readings would come back at the next opening.
    /// </summary>
    private void RepeatMarks()
    {
        _marked.RemoveWhere(session => session.ChunksHolding == 0);
        foreach (var session in _marked)
        {
            WriteMark(session);
        }

        if (PendingBytes > 0)
        {
            _current.Commit(); // Before the chunk that holds the earlier mark may go.
        }
    }

    private void WriteMark(SpoolSession session) =>
        SpoolFrame.Write(_current.Pending, _current.Chunk.Number, FrameType.Mark, default, session.Key, session.StoredThrough, 0, default);

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
        while (_closedBytes + _current.Chunk.Bytes > _options.CapBytes && _closed.First is { } oldest)
        {
            if (!_dropping)
            {
                _dropping = true;
                SpoolLog.Dropping(_logger, _options.CapBytes);
            }

            foreach (var extent in oldest.Value.Extents)
            {
                var session = extent.Session;
                var first = Math.Max(extent.FirstSequence, session.StoredThrough + 1);
                Volatile.Write(ref _dropped, _dropped + Math.Clamp(extent.LastSequence - first + 1, 0, extent.Count));
                session.Extents = [.. session.Extents.Where(e => e != extent)];
                _changed.Add(session);
            }

            Delete(oldest);
        }

        if (_dropping && _closedBytes + _current.Chunk.Bytes < _options.CapBytes / 10 * 9)
        {
            _dropping = false;
            SpoolLog.DroppingEnded(_logger, _dropped);
        }
    }

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
