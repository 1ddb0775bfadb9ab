using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>A filter that the client remembers, and who handles its messages.</summary>
internal sealed record ClientSubscription(string Filter, QualityOfService QualityOfService, Func<MqttMessage, CancellationToken, ValueTask> Handler)
{
    public byte[] FilterBytes { get; } = Encoding.UTF8.GetBytes(Filter);

    public SubscriptionOptions Options => new((byte)QualityOfService);

    public bool Matches(ReadOnlySpan<byte> topic) => MqttText.Matches(FilterBytes, topic);
}
