using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>DISCONNECT and AUTH (§3.14, §3.15): a reason code and properties, both optional.</summary>
internal ref struct DisconnectPacket
{
    public MqttReasonCode Code;
    public PropertySet Properties;

    public static WireFault Read(MqttProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out DisconnectPacket packet)
    {
        packet = default;
        if (version == MqttProtocolVersion.V311)
        {
            return type == PacketType.Auth
                ? WireFault.Malformed("packet type 15 is reserved in 3.1.1 (its table 2.1)")
                : body.IsEmpty ? default : WireFault.Malformed("DISCONNECT of 3.1.1 has no body");
        }

        if (body.IsEmpty)
        {
            return default;
        }

        var reader = new SpanReader(body);
        packet.Code = (MqttReasonCode)reader.ReadByte();
        if (!IsAllowed(type, packet.Code))
        {
            // Whoever says DISCONNECT has gone: there is nobody to answer.
            reader.Fail(type == PacketType.Auth
                ? WireFault.Protocol("[MQTT-3.15.2-1] reason code not of this packet")
                : WireFault.Silent("[MQTT-3.14.2-1] reason code not of this packet"));
        }

        if (!reader.IsEmpty)
        {
            PropertySet.Read(ref reader, type, out packet.Properties);
        }

        reader.ExpectEnd();
        return reader.Fault;
    }

    /// <summary>Writes DISCONNECT, as short as what it says allows (§3.14.2.1, §3.14.2.2.1); 3.1.1 has no code, and only clients may send it.</summary>
    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, MqttReasonCode code, ReadOnlySpan<byte> properties = default)
    {
        var bare = version == MqttProtocolVersion.V311 || (code == MqttReasonCode.Success && properties.IsEmpty);
        var writer = Wire.Begin(output, PacketType.Disconnect, 0, bare ? 0 : properties.IsEmpty ? 1 : 1 + Wire.PropertiesSize(version, properties));
        if (!bare)
        {
            writer.Byte((byte)code);
            if (!properties.IsEmpty)
            {
                writer.Properties(version, properties);
            }
        }

        Wire.End(output, in writer);
    }

    private static bool IsAllowed(PacketType type, MqttReasonCode code) => type == PacketType.Auth
        ? code is MqttReasonCode.Success or MqttReasonCode.ContinueAuthentication or MqttReasonCode.Reauthenticate
        : code is MqttReasonCode.Success or MqttReasonCode.DisconnectWithWill
            || (code.IsFailure() && Enum.IsDefined(code) && code is not (
                MqttReasonCode.UnsupportedProtocolVersion or MqttReasonCode.ClientIdentifierNotValid or MqttReasonCode.BadUserNameOrPassword
                or MqttReasonCode.ServerUnavailable or MqttReasonCode.Banned or MqttReasonCode.PacketIdentifierInUse
                or MqttReasonCode.PacketIdentifierNotFound));
}
