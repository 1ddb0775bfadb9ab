using System.Buffers.Binary;

namespace CleanStreets.Contracts.Readings;

/// <summary>Wire types of Protobuf.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
}

/// <summary>Reads Protobuf fields from a span. Every method answers false at the first byte that is not Protobuf.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryReadTag(out int field, out WireType type)
    {
        field = 0;
        type = default;
        if (!TryReadVarint(out var tag) || tag > uint.MaxValue)
        {
            return false;
        }

        field = (int)(tag >> 3);
        type = (WireType)(tag & 7);
        return field > 0 && type <= WireType.Fixed32;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var b = _rest[i];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return i < 9 || b <= 1; // Of the tenth byte only one bit is left.
            }
        }

        return false;
    }

    public bool TryReadFloat(out float value)
    {
        if (!BinaryPrimitives.TryReadSingleLittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(float)..];
        return true;
    }

    public bool TryReadDouble(out double value)
    {
        if (!BinaryPrimitives.TryReadDoubleLittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(double)..];
        return true;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
        {
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Passes over the value of an unknown field.</summary>
    public bool TrySkip(int field, WireType type, int depth = ReadingLimits.MaxJsonDepth) => type switch
    {
        WireType.Varint => TryReadVarint(out _),
        WireType.Fixed64 => TryReadDouble(out _),
        WireType.Bytes => TryReadBytes(out _),
        WireType.Fixed32 => TryReadFloat(out _),
        WireType.GroupStart => depth > 0 && TrySkipGroup(field, depth - 1),
        _ => false,
    };

    /// <summary>The sint32 that a varint carries; a value beyond every coordinate where it carries more than 32 bits.</summary>
    public static long ZigZag32(ulong value) => value > uint.MaxValue ? long.MaxValue : (int)((uint)value >> 1) ^ -(int)(value & 1);

    private bool TrySkipGroup(int group, int depth)
    {
        while (TryReadTag(out var field, out var type))
        {
            if (type == WireType.GroupEnd)
            {
                return field == group;
            }

            if (!TrySkip(field, type, depth))
            {
                return false;
            }
        }

        return false;
    }
}
