using System.Text.Json;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Publish;

/// <summary>Publishes scores, retained, as the rounds of Score bring them.</summary>
internal sealed class PublishStage(ChannelReader<IReadOnlyList<SegmentScore>> input, IOutlet outlet, Topics topics)
{
    public async Task RunAsync()
    {
        while (await input.WaitToReadAsync())
        {
            while (input.TryRead(out var scores))
            {
                foreach (var score in scores)
                {
                    outlet.Publish(Message(score.SegmentId, JsonSerializer.SerializeToUtf8Bytes(score, ContractJson.Default.SegmentScore)));
                }
            }
        }
    }

    /// <summary>Clears the retained score of a segment that is no longer part of the network.</summary>
    public void Clear(SegmentId segment) => outlet.Publish(Message(segment, ReadOnlyMemory<byte>.Empty));

    private MqttMessage Message(SegmentId segment, ReadOnlyMemory<byte> payload) => new()
    {
        Topic = topics.Scores(segment),
        Payload = payload,
        QualityOfService = QualityOfService.AtLeastOnce,
        Retain = true,
        ContentType = ReadingLimits.JsonContentType,
    };
}
