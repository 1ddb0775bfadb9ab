using System.Text;
using CleanStreets.Contracts;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Reads the records of one journal file in order and finds its way again after damage.</summary>
/// <remarks>Only reads. What it could not read is in <see cref="Damage"/> once <see cref="TryReadNext"/> has answered false.</remarks>
/// <param name="file">The file.</param>
/// <param name="name">Its name, for reports.</param>
/// <param name="header">Its head.</param>
/// <param name="window">A buffer of the longest record at least, lent by a caller that reads many files.</param>
/// <param name="from">Where to begin: the offset of a record.</param>
internal sealed class SegmentScanner(
    SafeFileHandle file, string name, SegmentHeader header, byte[]? window = null, long from = JournalFormat.SegmentHeaderBytes)
{
    private readonly byte[] _window = window ?? new byte[4 * JournalFormat.MaxRecordBytes];
    private long _fileLength = RandomAccess.GetLength(file);
    private long _windowOffset;
    private int _windowFilled;
    private long _next = from;

    public List<JournalDamage> Damage { get; } = [];

    /// <summary>Offset up to which is read.</summary>
    public long End => _fileLength;

    /// <summary>Offset at which reading goes on.</summary>
    public long Next => _next;

    /// <summary>Offset in the file just behind the last good record.</summary>
    public long GoodEnd { get; private set; } = from;

    /// <summary>For a file that is still written: reads up to <paramref name="length"/>, an end of a record, and no further.</summary>
    public void LimitTo(long length)
    {
        if (length != _fileLength)
        {
            // What lies behind the old limit may have been read half written.
            (_fileLength, _windowFilled) = (length, 0);
        }
    }

    public bool TryReadNext(out JournalRecord record)
    {
        if (TryReadAt(_next, out record))
        {
            return Advance(in record);
        }

        if (_next >= _fileLength)
        {
            return false;
        }

        var found = FindNext(_next + 1);
        Damage.Add(Describe(_next, found ?? _fileLength, isTail: found is null));
        _next = found ?? _fileLength;
        return found is not null && TryReadAt(_next, out record) && Advance(in record);
    }

    private bool Advance(in JournalRecord record)
    {
        _next += record.Length;
        GoodEnd = _next;
        return true;
    }

    private bool TryReadAt(long offset, out JournalRecord record)
    {
        record = default;
        return JournalRecord.TryReadLength(Window(offset, JournalFormat.RecordHeaderBytes), out var length) &&
            offset + length <= _fileLength &&
            JournalRecord.TryRead(Window(offset, length)[..length], header.Salt, offset, header.BasePosition + offset, out record);
    }

    private long? FindNext(long offset)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(magic, JournalFormat.RecordMagic);
        while (offset + JournalFormat.RecordHeaderBytes <= _fileLength)
        {
            var window = Window(offset, JournalFormat.RecordHeaderBytes);
            var at = window.IndexOf(magic);
            if (at < 0)
            {
                // The magic may lie across the window's end.
                offset += window.Length - (sizeof(uint) - 1);
                continue;
            }

            offset += at;
            if (TryReadAt(offset, out _))
            {
                return offset;
            }

            offset++;
        }

        return null;
    }

    private JournalDamage Describe(long from, long to, bool isTail)
    {
        var kind = !isTail ? JournalDamageKind.Middle : IsZero(from, to) ? JournalDamageKind.Zeros : JournalDamageKind.Tail;
        return new JournalDamage(kind, name, header.BasePosition + from, to - from, Guess(Window(from, JournalFormat.RecordHeaderBytes)));
    }

    private bool IsZero(long from, long to)
    {
        while (from < to)
        {
            var window = Window(from, 1);
            if (window.ContainsAnyExcept((byte)0))
            {
                return false;
            }

            from += window.Length;
        }

        return true;
    }

    // The ids of a damaged record are not proven by its checksum, so they are offered as a hint and used for nothing.
    private static string? Guess(ReadOnlySpan<byte> head)
    {
        if (head.Length < JournalFormat.RecordHeaderBytes)
        {
            return null;
        }

        int idLength = head[JournalFormat.OffsetIdLength];
        int sessionLength = head[JournalFormat.OffsetSessionLength];
        var ids = head[JournalFormat.RecordHeaderBytes..];
        if (idLength + sessionLength > ids.Length ||
            !IdentifierRule.IsValid(ids[..idLength]) ||
            !IdentifierRule.IsValid(ids.Slice(idLength, sessionLength)))
        {
            return null;
        }

        var first = BitConverter.ToInt64(head[JournalFormat.OffsetFirstSequence..]);
        var count = BitConverter.ToInt32(head[JournalFormat.OffsetReadingCount..]);
        return $"seems to begin with truck {Encoding.ASCII.GetString(ids[..idLength])}, session " +
            $"{Encoding.ASCII.GetString(ids.Slice(idLength, sessionLength))}, sequences {first} to {first + count - 1}";
    }

    /// <summary>At least <paramref name="atLeast"/> bytes from <paramref name="offset"/> on, fewer only at the end of the file.</summary>
    private ReadOnlySpan<byte> Window(long offset, int atLeast)
    {
        var have = _windowOffset + _windowFilled - offset;
        if (offset < _windowOffset || have < Math.Min(atLeast, _fileLength - offset))
        {
            _windowOffset = offset;
            _windowFilled = 0;
            int read;
            while (_windowFilled < _window.Length &&
                (read = RandomAccess.Read(file, _window.AsSpan(_windowFilled), offset + _windowFilled)) > 0)
            {
                _windowFilled += read;
            }
        }

        var start = (int)(offset - _windowOffset);
        return start >= _windowFilled ? [] : _window.AsSpan(start, _windowFilled - start);
    }
}
