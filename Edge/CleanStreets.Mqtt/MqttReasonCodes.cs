namespace CleanStreets.Mqtt;

/// <summary>What a reason code says to a person.</summary>
public static class MqttReasonCodes
{
    /// <summary>Whether the code is a failure (0x80 and above).</summary>
    public static bool IsFailure(this MqttReasonCode code) => (byte)code >= 0x80;

    /// <summary>The code in one sentence; a value that MQTT 5.0 does not define says so with its number.</summary>
    public static string Sentence(this MqttReasonCode code) => code switch
    {
        MqttReasonCode.Success => "The request was carried out; in DISCONNECT: closed normally, the will is not sent; in SUBACK: granted at most QoS 0.",
        MqttReasonCode.GrantedQoS1 => "The subscription is granted and messages arrive with at most QoS 1.",
        MqttReasonCode.GrantedQoS2 => "The subscription is granted and messages arrive with at most QoS 2.",
        MqttReasonCode.DisconnectWithWill => "The client closes and asks that its will is published.",
        MqttReasonCode.NoMatchingSubscribers => "The message is accepted, but nobody subscribes to its topic.",
        MqttReasonCode.NoSubscriptionExisted => "There was no such subscription to remove.",
        MqttReasonCode.ContinueAuthentication => "The authentication goes on with another step.",
        MqttReasonCode.Reauthenticate => "The client starts another authentication.",
        MqttReasonCode.UnspecifiedError => "The sender does not want to say why, or no other code fits.",
        MqttReasonCode.MalformedPacket => "The bytes of the packet cannot be read as the specification says.",
        MqttReasonCode.ProtocolError => "The packet is well formed but not allowed here or now.",
        MqttReasonCode.ImplementationSpecificError => "The packet is valid but the receiver cannot handle it.",
        MqttReasonCode.UnsupportedProtocolVersion => "The server does not speak the version of MQTT that the client asked for.",
        MqttReasonCode.ClientIdentifierNotValid => "The client identifier is well formed but the server does not allow it.",
        MqttReasonCode.BadUserNameOrPassword => "The server does not accept the user name or password.",
        MqttReasonCode.NotAuthorized => "The client may not do this.",
        MqttReasonCode.ServerUnavailable => "The server cannot serve this client now.",
        MqttReasonCode.ServerBusy => "The server has too much to do; try again later.",
        MqttReasonCode.Banned => "The client has been banned by an administrator.",
        MqttReasonCode.ServerShuttingDown => "The server is stopping.",
        MqttReasonCode.BadAuthenticationMethod => "The authentication method is not supported or not the one in use.",
        MqttReasonCode.KeepAliveTimeout => "Nothing arrived for one and a half times the keep-alive interval.",
        MqttReasonCode.SessionTakenOver => "Another connection uses the same client identifier.",
        MqttReasonCode.TopicFilterInvalid => "The topic filter is well formed but not accepted here.",
        MqttReasonCode.TopicNameInvalid => "The topic name is well formed but not accepted here.",
        MqttReasonCode.PacketIdentifierInUse => "The packet identifier is still in use.",
        MqttReasonCode.PacketIdentifierNotFound => "The packet identifier is not known.",
        MqttReasonCode.ReceiveMaximumExceeded => "More publishes are unacknowledged than the receiver allowed.",
        MqttReasonCode.TopicAliasInvalid => "The topic alias is zero, above the maximum, or not defined yet.",
        MqttReasonCode.PacketTooLarge => "The packet is larger than the receiver accepts.",
        MqttReasonCode.MessageRateTooHigh => "Messages arrive faster than the receiver accepts.",
        MqttReasonCode.QuotaExceeded => "A limit of the receiver has been reached.",
        MqttReasonCode.AdministrativeAction => "The connection is closed by an administrator.",
        MqttReasonCode.PayloadFormatInvalid => "The payload is not what its format indicator says.",
        MqttReasonCode.RetainNotSupported => "The server does not keep retained messages.",
        MqttReasonCode.QoSNotSupported => "The quality of service is above what the server supports.",
        MqttReasonCode.UseAnotherServer => "The client should use another server for now.",
        MqttReasonCode.ServerMoved => "The client should use another server from now on.",
        MqttReasonCode.SharedSubscriptionsNotSupported => "The server does not support shared subscriptions.",
        MqttReasonCode.ConnectionRateExceeded => "Connections are made faster than the server allows.",
        MqttReasonCode.MaximumConnectTime => "The connection has lasted as long as the server allows.",
        MqttReasonCode.SubscriptionIdentifiersNotSupported => "The server does not support subscription identifiers.",
        MqttReasonCode.WildcardSubscriptionsNotSupported => "The server does not support wildcards in subscriptions.",
        _ => $"Reason code 0x{(byte)code:X2} is not defined by MQTT 5.0.",
    };
}
