using System.Threading.Channels;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The queues between the stages; each has a bound, and its depth can be seen.</summary>
internal sealed class IngestChannels(PipelineOptions options, StoreLogOptions storeLog)
{
    private readonly PipelineOptions _options = options;
    private readonly StoreLogOptions _storeLog = storeLog;

    /// <summary>Where the front stages take batches from.</summary>
    public IntakeQueue Decode { get; } = new(options.PoolBatches);

    /// <summary>Holds every batch there is: a commit hands over all of its batches without waiting, and the pool is the bound.</summary>
    public Channel<IngestBatch> Match { get; } = StageLoop.Queue<IngestBatch>(options.PoolBatches);

    /// <summary>Match, the sweep and the read API all write here.</summary>
    public Channel<ScoreWork> Score { get; } = StageLoop.Queue<ScoreWork>(options.QueueDepth, singleWriter: false);

    public Channel<StoreBatch> StoreLog { get; } = StageLoop.Queue<StoreBatch>(storeLog.QueueDepth);

    public Channel<IReadOnlyList<SegmentScore>> Publish { get; } = StageLoop.Queue<IReadOnlyList<SegmentScore>>(options.QueueDepth);

    /// <summary>How full each queue is, in the order of the pipeline.</summary>
    public IReadOnlyList<StageStatus> Depths() =>
    [
        new("decode", Decode.Count, Decode.Capacity),
        new("match", Match.Reader.Count, _options.PoolBatches),
        new("score", Score.Reader.Count, _options.QueueDepth),
        new("store_log", StoreLog.Reader.Count, _storeLog.QueueDepth),
        new("publish", Publish.Reader.Count, _options.QueueDepth),
    ];
}
