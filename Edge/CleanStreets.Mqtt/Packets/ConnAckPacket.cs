using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>CONNACK (§3.2): the server's answer to CONNECT.</summary>
internal ref struct ConnAckPacket
{
    public bool SessionPresent;
    public MqttReasonCode Code;
    public PropertySet Properties;

    public static WireFault Read(MqttProtocolVersion version, ReadOnlySpan<byte> body, out ConnAckPacket packet)
    {
        packet = default;
        var reader = new SpanReader(body);
        var flags = reader.ReadByte();
        packet.SessionPresent = flags == 1;
        if (flags > 1)
        {
            reader.Fail(WireFault.Malformed("[MQTT-3.2.2-1] reserved acknowledge flags"));
        }

        var code = reader.ReadByte();
        packet.Code = version == MqttProtocolVersion.V500 ? (MqttReasonCode)code : FromV311(code);
        if (version == MqttProtocolVersion.V500)
        {
            PropertySet.Read(ref reader, PacketType.ConnAck, out packet.Properties);
        }

        reader.ExpectEnd();
        return reader.Fault;
    }

    /// <summary>Bytes of the packet that <see cref="Write"/> writes.</summary>
    public static int Size(MqttProtocolVersion version, ReadOnlySpan<byte> properties)
    {
        var body = 2 + Wire.PropertiesSize(version, properties);
        return 1 + Wire.VariableSize(body) + body;
    }

    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, MqttReasonCode code, bool sessionPresent, ReadOnlySpan<byte> properties)
    {
        var writer = Wire.Begin(output, PacketType.ConnAck, 0, 2 + Wire.PropertiesSize(version, properties));
        writer.Byte(sessionPresent ? 1 : 0);
        writer.Byte(version == MqttProtocolVersion.V500 ? (byte)code : ToV311(code));
        writer.Properties(version, properties);
        Wire.End(output, in writer);
    }

    /// <summary>The nearest of the five refusals that 3.1.1 knows (its table 3.1).</summary>
    private static byte ToV311(MqttReasonCode code) => code switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned => 5,
        _ => 3,
    };

    private static MqttReasonCode FromV311(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };
}
