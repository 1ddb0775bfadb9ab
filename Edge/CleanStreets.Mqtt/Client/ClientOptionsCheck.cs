using System.Text;
using CleanStreets.Mqtt.Packets;
using static CleanStreets.Mqtt.Client.MessageCheck;

namespace CleanStreets.Mqtt.Client;

/// <summary>Refuses options that cannot work, before anything starts.</summary>
internal static class ClientOptionsCheck
{
    public static void ThrowIfWrong(MqttClientOptions options)
    {
        Require(options.Port is > 0 and <= ushort.MaxValue, $"Port {options.Port} is not between 1 and 65535.");
        Require(IsText(options.ClientId), "The client identifier is not an MQTT string.");
        Require(options.MaxInFlight is > 0 and < ClientLink.FirstSubscribeId, $"MaxInFlight is not between 1 and {ClientLink.FirstSubscribeId - 1}.");
        Require(options.MaxQueued > 0, "MaxQueued is not positive.");
        Require(options.ReceiveMaximum is > 0 and <= ushort.MaxValue, "ReceiveMaximum is not between 1 and 65535.");
        Require(options.TopicAliases is >= 0 and <= ushort.MaxValue, "TopicAliases is not between 0 and 65535.");
        Require(options.MaximumPacketSize >= 128, "MaximumPacketSize is below 128 bytes.");
        Require(options.KeepAlive >= TimeSpan.Zero && options.KeepAlive.TotalSeconds <= ushort.MaxValue, "KeepAlive is not between 0 and 65535 s.");
        Require(options.ConnectTimeout > TimeSpan.Zero, "ConnectTimeout is not positive.");
        Require(options.ReconnectMinDelay > TimeSpan.Zero, "ReconnectMinDelay is not positive.");
        Require(options.ReconnectMaxDelay >= options.ReconnectMinDelay, "ReconnectMaxDelay is below ReconnectMinDelay.");
        Require(options.RefusedPause > TimeSpan.Zero, "RefusedPause is not positive.");
        Require(options.WebSocket is not { } webSocket || webSocket.PathAndQuery.StartsWith('/'), "The WebSocket's path does not begin with '/'.");
        Require(options.ResponseTopic is not { } topic || MqttText.IsTopicName(Encoding.UTF8.GetBytes(topic)), "ResponseTopic is not a topic name.");
        Require(
            options.CleanStart || options.ProtocolVersion == MqttProtocolVersion.V500 || options.ClientId.Length > 0,
            "MQTT 3.1.1 without a clean start needs a client identifier.");
        if (options.Will is { } will)
        {
            MessageCheck.ThrowIfWrong(will);
            Require(will.Payload.Length <= ushort.MaxValue, "The will's payload is above 65,535 bytes.");
        }
    }
}
