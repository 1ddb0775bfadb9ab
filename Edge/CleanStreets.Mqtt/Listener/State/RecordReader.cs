using System.Buffers.Binary;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Walks records up to the first that is not whole.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private ReadOnlySpan<byte> _fields;

    /// <summary>Bytes not read: 0 when the log ends with a whole record.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>How long the next record says it is, with its header; 0 when not even that is there.</summary>
    public readonly long Announced => _rest.Length < RecordBuffer.HeaderLength ? 0 : (long)BinaryPrimitives.ReadInt32LittleEndian(_rest) + RecordBuffer.HeaderLength;

    public RecordKind Kind { get; private set; }

    /// <summary>Whether the record has further fields: those of a later version than its kind began with.</summary>
    public readonly bool HasMore => !_fields.IsEmpty;

    /// <summary>Goes to the next record; false at the end and at the first record that is cut off or damaged.</summary>
    public bool MoveNext()
    {
        if (_rest.Length <= RecordBuffer.HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < 1 || length > _rest.Length - RecordBuffer.HeaderLength)
        {
            return false;
        }

        var record = _rest.Slice(RecordBuffer.HeaderLength, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]) != RecordBuffer.Checksum(record))
        {
            return false;
        }

        Kind = (RecordKind)record[0];
        _fields = record[1..];
        _rest = _rest[(RecordBuffer.HeaderLength + length)..];
        return true;
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Take((int)UInt32());

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _fields[..count];
        _fields = _fields[count..];
        return taken;
    }
}
