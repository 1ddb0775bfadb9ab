using System.Runtime.CompilerServices;

namespace CleanStreets.Mqtt.Packets;

/// <summary>The properties of one packet, checked and found, but left where they are.</summary>
/// <remarks>Valid as long as the packet's bytes. Numbers are kept as values, texts as places in <see cref="Raw"/>; user properties are read again from there.</remarks>
internal ref struct PropertySet
{
    private ulong _present;
    private PropertyValues _values;

    /// <summary>The property block as it came, without its length.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    public readonly bool Has(PropertyId id) => (_present >> (int)id & 1) != 0;

    public readonly uint Number(PropertyId id, uint otherwise = 0) => Has(id) ? _values[(int)id] : otherwise;

    /// <summary>The bytes of a text or binary property; empty when absent.</summary>
    public readonly ReadOnlySpan<byte> Bytes(PropertyId id)
    {
        if (!Has(id))
        {
            return default;
        }

        var at = (int)_values[(int)id];
        return Raw.Slice(at + 2, Raw[at] << 8 | Raw[at + 1]);
    }

    /// <summary>The user properties in order.</summary>
    public readonly UserPropertyReader UserProperties => new(Has(PropertyId.UserProperty) ? Raw : default);

    /// <summary>From now on it is as if it had not been given.</summary>
    public void LeaveOut(PropertyId id) => _present &= ~(1UL << (int)id);

    /// <summary>Reads the length and the block that stand at the front of <paramref name="reader"/>; a fault stays in the reader.</summary>
    /// <param name="reader">The packet.</param>
    /// <param name="packet">Its type.</param>
    /// <param name="properties">What was found.</param>
    /// <param name="isForwarded">See <see cref="PublishPacket.ReadForwarded"/>: a flag that is none reads as 0, and of what is given twice the first counts.</param>
    public static void Read(scoped ref SpanReader reader, PacketType packet, out PropertySet properties, bool isForwarded = false)
    {
        properties = default;
        var block = reader.Take((int)reader.ReadVariable());
        if (block.IsEmpty)
        {
            return;
        }

        var read = default(PropertySet);
        read.Raw = block;
        var inside = new SpanReader(block);
        while (!inside.IsEmpty)
        {
            read.ReadOne(ref inside, packet, isForwarded);
        }

        properties = read;
        if (inside.Fault.IsFault)
        {
            reader.Fail(inside.Fault);
        }
    }

    private void ReadOne(scoped ref SpanReader reader, PacketType packet, bool isForwarded)
    {
        var id = reader.ReadVariable();
        var kind = PropertyTable.KindOf(id);
        if (kind == PropertyKind.Unknown)
        {
            reader.Fail(WireFault.Malformed("property that MQTT 5.0 does not know (§2.2.2.2)"));
            return;
        }

        // A PUBLISH to a client may carry several subscription identifiers: the last is kept, all are in Raw.
        var mayRepeat = id == (uint)PropertyId.UserProperty || (id == (uint)PropertyId.SubscriptionIdentifier && packet == PacketType.Publish);
        if (Has((PropertyId)id) && !mayRepeat)
        {
            if (isForwarded)
            {
                ReadValue(ref reader, kind, at: 0, isForwarded);
                return;
            }

            reader.Fail(WireFault.Protocol("property given more than once (§2.2.2.2)"));
            return;
        }

        _values[(int)id] = ReadValue(ref reader, kind, Raw.Length - reader.Remaining, isForwarded);
        _present |= 1UL << (int)id;
        if (!PropertyTable.MayStandIn(id, packet))
        {
            reader.Fail(NotAllowed(packet, "property that does not belong in this packet (§2.2.2.2)")); // Read first: one that breaks off is malformed.
        }
        else if (PropertyTable.ExcludesZero((PropertyId)id) && _values[(int)id] == 0)
        {
            reader.Fail(NotAllowed(packet, "property must not be zero (§3.1.2.11.3, §3.1.2.11.4, §3.8.2.1.2)"));
        }
    }

    /// <summary>No statement says which of the two codes is to be used; this is what the public suites expect (CONFORMANCE.md).</summary>
    private static WireFault NotAllowed(PacketType packet, string because) =>
        packet is PacketType.Subscribe or PacketType.Unsubscribe ? WireFault.Malformed(because) : WireFault.Protocol(because);

    private static uint ReadValue(scoped ref SpanReader reader, PropertyKind kind, int at, bool isForwarded)
    {
        switch (kind)
        {
            case PropertyKind.Flag:
                var flag = reader.ReadByte();
                if (flag > 1 && !isForwarded)
                {
                    reader.Fail(WireFault.Protocol("property must be 0 or 1"));
                }

                return flag > 1 ? 0u : flag;
            case PropertyKind.UInt16:
                return reader.ReadUInt16();
            case PropertyKind.UInt32:
                return reader.ReadUInt32();
            case PropertyKind.Variable:
                return reader.ReadVariable();
            case PropertyKind.Binary:
                reader.ReadBinary();
                return (uint)at;
            case PropertyKind.TextPair:
                reader.ReadText();
                reader.ReadText();
                return (uint)at;
            default:
                reader.ReadText();
                return (uint)at;
        }
    }

    [InlineArray(PropertyTable.Size)]
    private struct PropertyValues
    {
        private uint _first;
    }
}

/// <summary>Walks the user properties of a block that has been validated.</summary>
internal ref struct UserPropertyReader(ReadOnlySpan<byte> block)
{
    private SpanReader _reader = new(block);

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        while (!_reader.IsEmpty)
        {
            var id = _reader.ReadVariable();
            switch (PropertyTable.KindOf(id))
            {
                case PropertyKind.TextPair:
                    Name = _reader.ReadBinary();
                    Value = _reader.ReadBinary();
                    return true;
                case PropertyKind.Flag:
                    _reader.ReadByte();
                    break;
                case PropertyKind.UInt16:
                    _reader.ReadUInt16();
                    break;
                case PropertyKind.UInt32:
                    _reader.ReadUInt32();
                    break;
                case PropertyKind.Variable:
                    _reader.ReadVariable();
                    break;
                default:
                    _reader.ReadBinary();
                    break;
            }
        }

        return false;
    }
}
