using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Score;

/// <summary>What only the Score loop can answer, because it owns the evidence: each question waits in its queue among the passes.</summary>
internal sealed class ScoreQuestions(ChannelWriter<ScoreWork> score)
{
    /// <summary>How a segment's score comes about. Null when there is no such segment.</summary>
    public async Task<ScoreExplanation?> ExplainAsync(SegmentId segment, long? asOfMs, IReadOnlyList<PassSummary> passes, CancellationToken cancellationToken)
    {
        var work = new ExplainWork(segment, asOfMs, passes);
        await score.WriteAsync(work, cancellationToken);
        return await work.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Evidence of some segments as it is now.</summary>
    public async Task<IReadOnlyDictionary<SegmentId, SegmentEvidence>> EvidenceAsync(IReadOnlyCollection<int> segments, CancellationToken cancellationToken)
    {
        var work = new EvidenceWork(segments);
        await score.WriteAsync(work, cancellationToken);
        return await work.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>What detectors saw, in use and on trial.</summary>
    public async Task<DetectorViews> DetectorsAsync(CancellationToken cancellationToken)
    {
        var work = new DetectorWork();
        await score.WriteAsync(work, cancellationToken);
        return await work.Answer.WaitAsync(cancellationToken);
    }
}
