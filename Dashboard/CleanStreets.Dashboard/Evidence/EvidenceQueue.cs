using System.Threading.Channels;
using CleanStreets.Mqtt;

namespace CleanStreets.Dashboard.Evidence;

/// <summary>Pictures between the MQTT link and the disk. Full: a picture is let go unanswered, and its truck sends it again.</summary>
internal sealed class EvidenceQueue
{
    private const int MaxWaiting = 64; // 16 MB of the largest.

    private readonly Channel<MqttMessage> _messages = Channel.CreateBounded<MqttMessage>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Takes a message if there is room. Never waits: scores come over the same link.</summary>
    public void Offer(MqttMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>What waits.</summary>
    public ChannelReader<MqttMessage> Messages => _messages.Reader;

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _messages.Writer.TryComplete();
}
