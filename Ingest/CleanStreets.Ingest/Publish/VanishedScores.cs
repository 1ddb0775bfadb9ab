using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Publish;

/// <summary>Clears the retained scores of streets that are no longer part of the network, and forgets them when that is done.</summary>
/// <param name="segments">The streets.</param>
/// <param name="file">The file that remembers them until then (<see cref="VanishedSegments"/>).</param>
/// <param name="outlet">Where scores are published.</param>
/// <param name="topics">Their topics.</param>
/// <param name="time">The clock.</param>
internal sealed class VanishedScores(IReadOnlyList<SegmentId> segments, string file, IOutlet outlet, Topics topics, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Publishes the empty messages that clear them. To come before any score: a street that is back by now must not lose its new one.</summary>
    public async Task PublishAsync()
    {
        foreach (var segment in segments)
        {
            await outlet.PublishAsync(new MqttMessage { Topic = topics.Scores(segment), QualityOfService = QualityOfService.AtLeastOnce, Retain = true });
        }

        _published.SetResult();
    }

    /// <summary>Waits until they are cleared, as long as that takes, and removes the file. Ended before by <paramref name="stop"/>, it leaves the file to the next start.</summary>
    public async Task ForgetAsync(CancellationToken stop)
    {
        if (segments.Count == 0)
        {
            return;
        }

        try
        {
            await _published.Task.WaitAsync(stop);
            foreach (var segment in segments)
            {
                while (!outlet.IsCleared(topics.Scores(segment)))
                {
                    await Task.Delay(Pause, time, stop);
                }
            }

            VanishedSegments.Forget(file);
        }
        catch (Exception ex) when (ex is OperationCanceledException or IOException)
        {
            // Clearing them once more does no harm.
        }
    }
}
