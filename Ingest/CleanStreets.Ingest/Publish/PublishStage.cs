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
    public async Task RunAsync()
    {
        using var json = new ScoreJsonWriter();
        await vanished.PublishAsync();
        while (await input.WaitToReadAsync())
        {
            while (input.TryRead(out var scores))
            {
                foreach (var score in scores)
                {
                    await outlet.PublishAsync(Message(score.SegmentId, json.Write(score)));
                }
            }
        }
    }

    private MqttMessage Message(SegmentId segment, ReadOnlyMemory<byte> payload) => new()
    {
        Topic = topics.Scores(segment),
        Payload = payload,
        QualityOfService = QualityOfService.AtLeastOnce,
        Retain = true,
        ContentType = ReadingLimits.JsonContentType,
    };
}
