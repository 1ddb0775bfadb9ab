using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>A filter that the client remembers, and who handles its messages.</summary>
internal sealed record ClientSubscription(
    string Filter, QualityOfService QualityOfService, Func<MqttReceived, CancellationToken, ValueTask> Handler, bool IsManual)
{
    private readonly int _matchFrom = MqttText.ShareNameEnd(Encoding.UTF8.GetBytes(Filter)) is var end and > 0 ? end + 1 : 0;

    public byte[] FilterBytes { get; } = Encoding.UTF8.GetBytes(Filter);

    public SubscriptionOptions Options => new((byte)QualityOfService);

    /// <summary>Whether a group shares its messages.</summary>
    public bool IsShared => _matchFrom > 0;

    /// <summary>Whether the server's session holds it: then a link that resumes the session need not subscribe it again.</summary>
    public bool IsGranted { get; set; }

    /// <summary>With what code the server refused it when it was last asked; null when it did not.</summary>
    public MqttReasonCode? Refusal { get; set; }

    /// <summary>Whether the filter, without a group's name in front, matches a topic name.</summary>
    public bool Matches(string topic)
    {
        Span<byte> small = stackalloc byte[256];
        var utf8 = Encoding.UTF8.TryGetBytes(topic, small, out var length) ? small[..length] : Encoding.UTF8.GetBytes(topic);
        return MqttText.Matches(FilterBytes.AsSpan(_matchFrom), utf8);
    }
}
