using System.Text.Json;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Publish;

/// <summary>Publishes scores, retained: the first change at once, then the latest of each segment in rounds.</summary>
internal sealed class PublishStage(
    ChannelReader<IReadOnlyList<SegmentScore>> input, MqttListener listener, Topics topics, PublishOptions options, TimeProvider time)
{
    private readonly LingeringReader<IReadOnlyList<SegmentScore>> _input = new(input);
    private readonly Dictionary<SegmentId, SegmentScore> _latest = [];

    public async Task RunAsync()
    {
        while (_latest.Count > 0 || await _input.WaitToReadAsync())
        {
            Collect();
            PublishLatest();

            // Take over what comes meanwhile, so that Score never waits for a round to end.
            var roundEnd = Task.Delay(options.Interval, time);
            while (await _input.WaitToReadAsync(roundEnd))
            {
                Collect();
            }
        }
    }

    /// <summary>Clears the retained score of a segment that is no longer part of the network.</summary>
    public void Clear(SegmentId segment) => listener.Publish(Message(segment, ReadOnlyMemory<byte>.Empty));

    private void PublishLatest()
    {
        foreach (var score in _latest.Values)
        {
            listener.Publish(Message(score.SegmentId, JsonSerializer.SerializeToUtf8Bytes(score, ContractJson.Default.SegmentScore)));
        }

        _latest.Clear();
    }

    private void Collect()
    {
        while (_input.TryRead(out var scores))
        {
            foreach (var score in scores)
            {
                _latest[score.SegmentId] = score;
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
