using System.Buffers;
using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>What the server granted in CONNACK.</summary>
internal sealed record Grant(
    string ClientId, bool SessionPresent, TimeSpan KeepAlive, int ReceiveMaximum, long MaximumPacketSize, QualityOfService MaximumQoS, bool RetainAvailable,
    int TopicAliasMaximum);

/// <summary>Says CONNECT and hears CONNACK.</summary>
internal static class Handshake
{
    /// <summary>Largest packet there can be: five bytes of header and 268,435,455 of body (§2.1.4).</summary>
    private const uint LargestPacket = 268_435_460;

    public static void WriteConnect(IBufferWriter<byte> output, MqttClientOptions options, string clientId, bool cleanStart, MqttCredentials credentials)
    {
        var will = options.Will;
        var connect = new ConnectPacket
        {
            Version = options.ProtocolVersion,
            CleanStart = cleanStart,
            KeepAliveSeconds = (ushort)Math.Min(ushort.MaxValue, MessageProperties.WholeSeconds(options.KeepAlive)),
            ClientId = Encoding.UTF8.GetBytes(clientId),
            HasWill = will is not null,
            WillQualityOfService = will?.QualityOfService ?? QualityOfService.AtMostOnce,
            WillRetain = will?.Retain ?? false,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = will is null ? default : will.Payload.Span,
            HasUserName = credentials.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(credentials.UserName ?? ""),
            HasPassword = credentials.Password is not null,
            Password = Encoding.UTF8.GetBytes(credentials.Password ?? ""),
        };
        connect.Write(output, Properties(options).Written, WillProperties(options).Written);
    }

    /// <summary>Reads the server's answer.</summary>
    /// <exception cref="MqttLinkLostException">It refused, closed, or said something else.</exception>
    public static async Task<Grant> ReadAnswerAsync(FrameBuffer frames, MqttClientOptions options, bool cleanStart, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = frames.TryNext(out var frame, out var fault);
            if (status == FrameStatus.Complete)
            {
                return Judge(frames, in frame, options, cleanStart);
            }

            if (status == FrameStatus.Faulty)
            {
                throw new MqttLinkLostException($"The server's answer is not MQTT: {fault.Because}.", fault.Code);
            }

            if (!await frames.FillAsync(cancellationToken))
            {
                throw new MqttLinkLostException("The server closed the connection instead of answering CONNECT.");
            }
        }
    }

    private static Grant Judge(FrameBuffer frames, in Frame frame, MqttClientOptions options, bool cleanStart)
    {
        if (frame.Type != PacketType.ConnAck)
        {
            throw new MqttLinkLostException("[MQTT-3.2.0-1] the server's first packet is not CONNACK.", MqttReasonCode.ProtocolError);
        }

        var fault = ConnAckPacket.Read(options.ProtocolVersion, frames.Body(in frame), out var answer);
        if (fault.IsFault)
        {
            throw new MqttLinkLostException($"The server's CONNACK is malformed: {fault.Because}.", fault.Code);
        }

        if (answer.Code != MqttReasonCode.Success)
        {
            throw Refused(in answer);
        }

        if (answer.SessionPresent && cleanStart)
        {
            throw new MqttLinkLostException("[MQTT-3.2.2-2] the server goes on with a session that it was to forget.", MqttReasonCode.ProtocolError);
        }

        ref readonly var properties = ref answer.Properties;
        var assigned = properties.Bytes(PropertyId.AssignedClientIdentifier);
        return new Grant(
            assigned.IsEmpty ? options.ClientId : Encoding.UTF8.GetString(assigned),
            answer.SessionPresent,
            properties.Has(PropertyId.ServerKeepAlive) ? TimeSpan.FromSeconds(properties.Number(PropertyId.ServerKeepAlive)) : options.KeepAlive,
            (int)properties.Number(PropertyId.ReceiveMaximum, ushort.MaxValue),
            properties.Number(PropertyId.MaximumPacketSize, LargestPacket),
            (QualityOfService)properties.Number(PropertyId.MaximumQoS, (uint)QualityOfService.ExactlyOnce),
            properties.Number(PropertyId.RetainAvailable, 1) == 1,
            (int)properties.Number(PropertyId.TopicAliasMaximum));
    }

    private static MqttLinkLostException Refused(in ConnAckPacket answer)
    {
        var said = MessageProperties.Text(in answer.Properties, PropertyId.ReasonString);
        var reference = MessageProperties.Text(in answer.Properties, PropertyId.ServerReference);
        var more = (said is null ? "" : $" It says: {said}.") + (reference is null ? "" : $" It names {reference} instead.");
        return new MqttLinkLostException($"The server refused the connection: {answer.Code.Sentence()}{more}", answer.Code) { ServerReference = reference };
    }

    private static PropertyBuffer Properties(MqttClientOptions options)
    {
        var properties = new PropertyBuffer()
            .Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum)
            .Add(PropertyId.MaximumPacketSize, (uint)options.MaximumPacketSize);
        return options.SessionExpiry > TimeSpan.Zero
            ? properties.Add(PropertyId.SessionExpiryInterval, MessageProperties.WholeSeconds(options.SessionExpiry))
            : properties;
    }

    private static PropertyBuffer WillProperties(MqttClientOptions options)
    {
        var properties = new PropertyBuffer();
        if (options.Will is { } will)
        {
            MessageProperties.AddForwarded(properties, will);
            if (will.Expiry is { } expiry)
            {
                properties.Add(PropertyId.MessageExpiryInterval, MessageProperties.WholeSeconds(expiry));
            }

            if (options.WillDelay > TimeSpan.Zero)
            {
                properties.Add(PropertyId.WillDelayInterval, MessageProperties.WholeSeconds(options.WillDelay));
            }
        }

        return properties;
    }
}
