using System.Buffers.Binary;
using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Journal;

/// <summary>One record, as it is written and as it is read. Spans are void after the reader's next step.</summary>
internal readonly ref struct JournalRecord
{
    public JournalRecordType Type { get; init; }

    public JournalRecordFlags Flags { get; init; }

    /// <summary>Why a whole message was quarantined.</summary>
    public QuarantineReason Reason { get; init; }

    /// <summary>Receipt by ingest's clock, milliseconds since 1970 UTC.</summary>
    public long ReceivedAtMs { get; init; }

    /// <summary>Milliseconds to add to the truck's times.</summary>
    public long ClockShiftMs { get; init; }

    public long FirstSequence { get; init; }

    public long OldestSequence { get; init; }

    public int ReadingCount { get; init; }

    /// <summary>Truck of a message, segment of a fact; ASCII, may be empty when the topic named none.</summary>
    public ReadOnlySpan<byte> Id { get; init; }

    public ReadOnlySpan<byte> Session { get; init; }

    /// <summary>One <see cref="Pipeline.Verdict"/> byte a reading; empty when every reading was accepted.</summary>
    public ReadOnlySpan<byte> Verdicts { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Where the record begins in the journal; set when read.</summary>
    public long Position { get; init; }

    /// <summary>Bytes of the record on disk.</summary>
    public int Length => JournalFormat.RecordHeaderBytes + Id.Length + Session.Length + Verdicts.Length + Payload.Length;

    /// <summary>Where the next record begins.</summary>
    public long End => Position + Length;

    public string IdText => Encoding.ASCII.GetString(Id);

    public string SessionText => Encoding.ASCII.GetString(Session);

    /// <summary>Writes the record to the beginning of <paramref name="target"/>, which is <see cref="Length"/> long.</summary>
    public void Write(Span<byte> target, ulong salt, long fileOffset)
    {
        target[..JournalFormat.RecordHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target[JournalFormat.OffsetMagic..], JournalFormat.RecordMagic);
        BinaryPrimitives.WriteInt32LittleEndian(target[JournalFormat.OffsetLength..], Length);
        target[JournalFormat.OffsetType] = (byte)Type;
        target[JournalFormat.OffsetFlags] = (byte)Flags;
        target[JournalFormat.OffsetReason] = (byte)Reason;
        target[JournalFormat.OffsetIdLength] = (byte)Id.Length;
        target[JournalFormat.OffsetSessionLength] = (byte)Session.Length;
        BinaryPrimitives.WriteInt32LittleEndian(target[JournalFormat.OffsetReadingCount..], ReadingCount);
        BinaryPrimitives.WriteInt64LittleEndian(target[JournalFormat.OffsetReceivedAt..], ReceivedAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(target[JournalFormat.OffsetClockShift..], ClockShiftMs);
        BinaryPrimitives.WriteInt64LittleEndian(target[JournalFormat.OffsetFirstSequence..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[JournalFormat.OffsetOldestSequence..], OldestSequence);
        BinaryPrimitives.WriteInt32LittleEndian(target[JournalFormat.OffsetPayloadLength..], Payload.Length);

        var rest = target[JournalFormat.RecordHeaderBytes..];
        Id.CopyTo(rest);
        Session.CopyTo(rest[Id.Length..]);
        Verdicts.CopyTo(rest[(Id.Length + Session.Length)..]);
        Payload.CopyTo(rest[(Id.Length + Session.Length + Verdicts.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(
            target[JournalFormat.OffsetChecksum..],
            JournalChecksum.OfRecord(target[JournalFormat.OffsetType..Length], salt, fileOffset));
    }

    /// <summary>Length the bytes at <paramref name="source"/> claim to have; false when they cannot begin a record.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        if (source.Length < JournalFormat.RecordHeaderBytes ||
            BinaryPrimitives.ReadUInt32LittleEndian(source) != JournalFormat.RecordMagic)
        {
            return false;
        }

        length = BinaryPrimitives.ReadInt32LittleEndian(source[JournalFormat.OffsetLength..]);
        return length is >= JournalFormat.RecordHeaderBytes and <= JournalFormat.MaxRecordBytes;
    }

    /// <summary>Reads the record that fills <paramref name="source"/>; false when a byte of it is not what was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ulong salt, long fileOffset, long position, out JournalRecord record)
    {
        record = default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[JournalFormat.OffsetChecksum..]) !=
            JournalChecksum.OfRecord(source[JournalFormat.OffsetType..], salt, fileOffset))
        {
            return false;
        }

        var flags = (JournalRecordFlags)source[JournalFormat.OffsetFlags];
        int idLength = source[JournalFormat.OffsetIdLength];
        int sessionLength = source[JournalFormat.OffsetSessionLength];
        var readings = BinaryPrimitives.ReadInt32LittleEndian(source[JournalFormat.OffsetReadingCount..]);
        var verdicts = flags.HasFlag(JournalRecordFlags.HasVerdicts) ? readings : 0;
        var payload = BinaryPrimitives.ReadInt32LittleEndian(source[JournalFormat.OffsetPayloadLength..]);
        if (readings < 0 || payload < 0 ||
            (long)JournalFormat.RecordHeaderBytes + idLength + sessionLength + verdicts + payload != source.Length)
        {
            return false;
        }

        var rest = source[JournalFormat.RecordHeaderBytes..];
        record = new JournalRecord
        {
            Type = (JournalRecordType)source[JournalFormat.OffsetType],
            Flags = flags,
            Reason = (QuarantineReason)source[JournalFormat.OffsetReason],
            ReadingCount = readings,
            ReceivedAtMs = BinaryPrimitives.ReadInt64LittleEndian(source[JournalFormat.OffsetReceivedAt..]),
            ClockShiftMs = BinaryPrimitives.ReadInt64LittleEndian(source[JournalFormat.OffsetClockShift..]),
            FirstSequence = BinaryPrimitives.ReadInt64LittleEndian(source[JournalFormat.OffsetFirstSequence..]),
            OldestSequence = BinaryPrimitives.ReadInt64LittleEndian(source[JournalFormat.OffsetOldestSequence..]),
            Id = rest[..idLength],
            Session = rest.Slice(idLength, sessionLength),
            Verdicts = rest.Slice(idLength + sessionLength, verdicts),
            Payload = rest[(idLength + sessionLength + verdicts)..],
            Position = position,
        };
        return true;
    }
}
