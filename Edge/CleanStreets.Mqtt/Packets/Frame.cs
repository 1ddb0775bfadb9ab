namespace CleanStreets.Mqtt.Packets;

/// <summary>What the bytes so far hold.</summary>
internal enum FrameStatus : byte
{
    /// <summary>The packet is not all there yet.</summary>
    Incomplete,

    /// <summary>One whole packet.</summary>
    Complete,

    /// <summary>Bytes that can never become a packet.</summary>
    Faulty,
}

/// <summary>One packet's place in a buffer: the fixed header read and checked, the body untouched.</summary>
/// <remarks>
/// <code>
/// offset 0  type (4 bits), flags (4 bits)
/// offset 1  remaining length, 1 to 4 bytes, seven bits each, least significant first
/// then      body of that length
/// </code>
/// The length is checked against the limit before the body has arrived, so a length bomb costs nothing.
/// </remarks>
internal readonly record struct Frame(PacketType Type, byte Flags, int HeaderLength, int BodyLength)
{
    public int Length => HeaderLength + BodyLength;

    public static FrameStatus Read(ReadOnlySpan<byte> bytes, int maximumPacketSize, out Frame frame, out WireFault fault)
    {
        frame = default;
        fault = default;
        if (bytes.IsEmpty)
        {
            return FrameStatus.Incomplete;
        }

        var type = (PacketType)(bytes[0] >> 4);
        var flags = (byte)(bytes[0] & 0x0F);
        if (!FlagsAllowed(type, flags))
        {
            fault = IsInPlace(type)
                ? WireFault.Malformed("[MQTT-2.1.3-1] reserved flag bits of the fixed header")
                : WireFault.Protocol("[MQTT-2.1.3-1] packet type that is reserved or out of place");
            return FrameStatus.Faulty;
        }

        var length = 0;
        for (var i = 1; i <= 4; i++)
        {
            if (i >= bytes.Length)
            {
                return FrameStatus.Incomplete;
            }

            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if (bytes[i] < 0x80)
            {
                return Judge(bytes, maximumPacketSize, new Frame(type, flags, i + 1, length), out frame, out fault);
            }
        }

        fault = WireFault.Silent("[MQTT-1.5.5-1] remaining length of more than four bytes");
        return FrameStatus.Faulty;
    }

    private static FrameStatus Judge(ReadOnlySpan<byte> bytes, int maximumPacketSize, Frame read, out Frame frame, out WireFault fault)
    {
        frame = read;
        fault = default;
        if (read.HeaderLength > 2 && read.BodyLength < 1 << (7 * (read.HeaderLength - 2)))
        {
            fault = WireFault.Malformed("[MQTT-1.5.5-1] remaining length not in the fewest bytes");
            return FrameStatus.Faulty;
        }

        if (read.Length > maximumPacketSize)
        {
            fault = new WireFault(MqttReasonCode.PacketTooLarge, "[MQTT-3.2.2-15] packet above the maximum packet size");
            return FrameStatus.Faulty;
        }

        return bytes.Length >= read.Length ? FrameStatus.Complete : FrameStatus.Incomplete;
    }

    /// <summary>Whether bits alone are wrong; these three types are out of place whatever their bits.</summary>
    private static bool IsInPlace(PacketType type) => type is not (PacketType.Will or PacketType.ConnAck or PacketType.Auth);

    private static bool FlagsAllowed(PacketType type, byte flags) => type switch
    {
        PacketType.Will => false,
        PacketType.Publish or PacketType.Connect => true, // CONNECT of 3.1 may carry any: judged when its version is known.
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => flags == 2,
        _ => flags == 0,
    };
}
