using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Score;

/// <summary>What the Score loop is asked to do. It owns the evidence, so whoever wants something of it sends a message.</summary>
internal abstract class ScoreWork;

/// <summary>Explain a segment's score.</summary>
internal sealed class ExplainWork(SegmentId segment, long? asOfMs, IReadOnlyList<PassSummary> passes) : ScoreWork
{
    private readonly TaskCompletionSource<ScoreExplanation?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SegmentId Segment { get; } = segment;

    public long? AsOfMs { get; } = asOfMs;

    public IReadOnlyList<PassSummary> Passes { get; } = passes;

    /// <summary>The explanation; null when the network has no such segment.</summary>
    public Task<ScoreExplanation?> Answer => _answer.Task;

    public void Reply(ScoreExplanation? explanation) => _answer.TrySetResult(explanation);
}

/// <summary>Give the evidence of some segments as it is now, for somebody else to reckon with.</summary>
internal sealed class EvidenceWork(IReadOnlyCollection<int> segments) : ScoreWork
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<SegmentId, SegmentEvidence>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<int> Segments { get; } = segments;

    /// <summary>A copy by segment; one that nobody has passed is not in it.</summary>
    public Task<IReadOnlyDictionary<SegmentId, SegmentEvidence>> Answer => _answer.Task;

    public void Reply(IReadOnlyDictionary<SegmentId, SegmentEvidence> evidence) => _answer.TrySetResult(evidence);
}

/// <summary>Compute every seen segment anew as of now, because evidence fades. Reads the evidence and changes none.</summary>
internal sealed class SweepWork : ScoreWork
{
    public required long AsOfMs { get; init; }
}

/// <summary>Give what every detector saw, in use and on trial, for somebody else to compare.</summary>
internal sealed class DetectorWork : ScoreWork
{
    private readonly TaskCompletionSource<DetectorViews> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<DetectorViews> Answer => _answer.Task;

    public void Reply(DetectorViews views) => _answer.TrySetResult(views);
}

/// <summary>What detectors saw.</summary>
/// <param name="Evidence">Evidence by the segment's number; null where nobody passed.</param>
/// <param name="Trials">Passes on trial by the segment's number.</param>
internal sealed record DetectorViews(IReadOnlyList<SegmentEvidence?> Evidence, IReadOnlyDictionary<int, TrialPasses> Trials)
{
    /// <summary>Adds it all up.</summary>
    public ModelLedger ToLedger()
    {
        var ledger = new ModelLedger();
        for (var index = 0; index < Evidence.Count; index++)
        {
            Evidence[index]?.Tell(ledger, index);
        }

        foreach (var (index, trials) in Trials.OrderBy(trials => trials.Key))
        {
            trials.Tell(ledger, Evidence[index]);
        }

        return ledger;
    }
}
