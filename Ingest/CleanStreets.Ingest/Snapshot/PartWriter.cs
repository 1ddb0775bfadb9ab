using System.Buffers.Binary;
using CleanStreets.Ingest.Journal;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>Writes one part of a snapshot to its file, block by block, and syncs it at the end.</summary>
internal sealed class PartWriter : IDisposable
{
    private readonly SnapshotPart _part;
    private readonly long _position;
    private readonly IJournalFile _file;
    private readonly byte[] _head = new byte[PartFormat.HeaderBytes];
    private int _blocks;

    public PartWriter(IJournalFile file, SnapshotPart part, long position)
    {
        (_file, _part, _position) = (file, part, position);
        PartFormat.WriteHeader(_head, part, position);
        Write(_head);
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Writes everything that a writer holds, and empties it.</summary>
    public void Write(StateWriter state)
    {
        state.Read(block => WriteBlock(block.Span));
        state.Clear();
    }

    /// <summary>Writes the end and returns once all of it is on the disk itself.</summary>
    public void Complete()
    {
        WriteBlock([]);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void WriteBlock(ReadOnlySpan<byte> block)
    {
        var head = _head.AsSpan(0, PartFormat.BlockHeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(head, block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], PartFormat.Checksum(block, _part, _position, _blocks++));
        Write(head);
        Write(block);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes, Length);
        Length += bytes.Length;
    }
}
