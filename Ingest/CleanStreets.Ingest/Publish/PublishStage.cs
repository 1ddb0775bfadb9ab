using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Publish;

/// <summary>Publishes scores, retained, as the rounds of Score bring them; at first it clears those of segments that are no longer part of the network.</summary>
internal sealed class PublishStage(ChannelReader<IReadOnlyList<SegmentScore>> input, VanishedScores vanished, IOutlet outlet, Topics topics)
{
    // A street is published again and again; its topic is written once.
    private readonly Dictionary<SegmentId, string> _topics = [];

    public async Task RunAsync()
    {
        var json = new ScoreJsonWriter();
        await vanished.PublishAsync();
        while (await input.WaitToReadAsync())
        {
            while (input.TryRead(out var scores))
            {
                foreach (var score in scores)
                {
                    await outlet.PublishAsync(Message(TopicOf(score.SegmentId), json.Write(score)));
                }
            }
        }
    }

    private string TopicOf(SegmentId segment)
    {
        if (!_topics.TryGetValue(segment, out var topic))
        {
            _topics.Add(segment, topic = topics.Scores(segment));
        }

        return topic;
    }

    private static MqttMessage Message(string topic, ReadOnlyMemory<byte> payload) => new()
    {
        Topic = topic,
        Payload = payload,
        QualityOfService = QualityOfService.AtLeastOnce,
        Retain = true,
        ContentType = ReadingLimits.JsonContentType,
    };
}
