using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CleanStreets.Mqtt.Packets;

/// <summary>Builds a property block (without its length); made once and used again for packet after packet.</summary>
internal sealed class PropertyBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public PropertyBuffer Clear()
    {
        _bytes.ResetWrittenCount();
        return this;
    }

    /// <summary>Adds a number in the form that the property's kind asks for.</summary>
    public PropertyBuffer Add(PropertyId id, uint value)
    {
        var span = _bytes.GetSpan(5);
        span[0] = (byte)id;
        switch (PropertyTable.KindOf((uint)id))
        {
            case PropertyKind.Flag:
                span[1] = (byte)value;
                _bytes.Advance(2);
                break;
            case PropertyKind.UInt16:
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
                _bytes.Advance(3);
                break;
            case PropertyKind.Variable:
                _bytes.Advance(1 + Wire.WriteVariable(span[1..], (int)value));
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
                _bytes.Advance(5);
                break;
        }

        return this;
    }

    /// <summary>Adds text (UTF-8) or bytes.</summary>
    public PropertyBuffer Add(PropertyId id, ReadOnlySpan<byte> value)
    {
        _bytes.GetSpan(1)[0] = (byte)id;
        _bytes.Advance(1);
        AppendPrefixed(value);
        return this;
    }

    public PropertyBuffer Add(PropertyId id, string value) => Add(id, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds properties that stand finished in another block.</summary>
    public PropertyBuffer AddBlock(ReadOnlySpan<byte> block)
    {
        block.CopyTo(_bytes.GetSpan(Math.Max(1, block.Length)));
        _bytes.Advance(block.Length);
        return this;
    }

    public PropertyBuffer AddUser(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Add(PropertyId.UserProperty, name);
        AppendPrefixed(value);
        return this;
    }

    /// <summary>Adds what a server passes on unchanged from publisher to subscriber [MQTT-3.3.2-4, -15, -16, -17, -18, -20].</summary>
    public PropertyBuffer AddForwarded(in PropertySet from)
    {
        if (from.Has(PropertyId.PayloadFormatIndicator))
        {
            Add(PropertyId.PayloadFormatIndicator, from.Number(PropertyId.PayloadFormatIndicator));
        }

        CopyText(in from, PropertyId.ContentType);
        CopyText(in from, PropertyId.ResponseTopic);
        CopyText(in from, PropertyId.CorrelationData);
        for (var user = from.UserProperties; user.MoveNext();)
        {
            AddUser(user.Name, user.Value);
        }

        return this;
    }

    private void CopyText(in PropertySet from, PropertyId id)
    {
        if (from.Has(id))
        {
            Add(id, from.Bytes(id));
        }
    }

    private void AppendPrefixed(ReadOnlySpan<byte> value)
    {
        var span = _bytes.GetSpan(2 + value.Length);
        BinaryPrimitives.WriteUInt16BigEndian(span, checked((ushort)value.Length));
        value.CopyTo(span[2..]);
        _bytes.Advance(2 + value.Length);
    }
}
