using System.Buffers.Binary;

namespace CleanStreets.Mqtt.Packets;

/// <summary>Reads the body of one packet from front to back; the first fault stays and everything after it reads as empty.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private const string TooShort = "the packet ends inside a field";

    private ReadOnlySpan<byte> _rest = bytes;

    public WireFault Fault { get; private set; }

    public readonly bool IsEmpty => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => Take(1) is [var value] ? value : (byte)0;

    public ushort ReadUInt16() => Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;

    public uint ReadUInt32() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;

    public ReadOnlySpan<byte> ReadBinary() => Take(ReadUInt16());

    /// <summary>A length-prefixed UTF-8 string.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        var text = ReadBinary();
        if (!MqttText.IsString(text))
        {
            Fail(WireFault.Malformed("[MQTT-1.5.4-1] [MQTT-1.5.4-2] string is not well-formed UTF-8 or holds U+0000"));
        }

        return text;
    }

    /// <summary>A variable byte integer of one to four bytes.</summary>
    public uint ReadVariable()
    {
        uint value = 0;
        for (var i = 0; i < 4; i++)
        {
            var next = ReadByte();
            value |= (uint)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                if (i > 0 && next == 0)
                {
                    Fail(WireFault.Malformed("[MQTT-1.5.5-1] variable byte integer not in the fewest bytes"));
                }

                return value;
            }
        }

        Fail(WireFault.Malformed("[MQTT-1.5.5-1] variable byte integer of more than four bytes"));
        return 0;
    }

    public ushort ReadPacketIdentifier()
    {
        var id = ReadUInt16();
        if (id == 0)
        {
            Fail(WireFault.Protocol("[MQTT-2.2.1-3] [MQTT-2.2.1-4] packet identifier of zero"));
        }

        return id;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Fail(WireFault.Malformed(TooShort));
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> TakeRest() => Take(_rest.Length);

    public void Fail(WireFault fault)
    {
        if (!Fault.IsFault)
        {
            Fault = fault;
        }

        _rest = default;
    }

    /// <summary>A later look knows the reason better than the field that failed.</summary>
    public void Replace(WireFault fault)
    {
        Fault = fault;
        _rest = default;
    }

    /// <summary>The body must end here.</summary>
    public void ExpectEnd()
    {
        if (!_rest.IsEmpty)
        {
            Fail(WireFault.Malformed("bytes after the last field of the packet"));
        }
    }
}
