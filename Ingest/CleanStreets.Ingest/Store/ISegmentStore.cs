using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Store;

/// <summary>A place that keeps passes and score points, and the facts that bear on passes where it can join them. Written by one <see cref="StoreLoop"/>.</summary>
internal interface ISegmentStore : IAsyncDisposable
{
    /// <summary>What it is called in settings, metrics, log and marks.</summary>
    string Name { get; }

    /// <summary>Called by its loop before anything else, and again until it succeeds: a store that could not be opened at the start is tried here.</summary>
    /// <exception cref="Exception">It cannot be opened yet.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Whether it is open: until then nobody has asked it to take rows.</summary>
    bool IsOpen => true;

    /// <summary>Whether <see cref="Cursor"/> is known; as a rule it is, even before the store is open.</summary>
    bool KnowsCursor => true;

    /// <summary>Everything of the journal below this position is stored; survives a restart. 0 when it is not known.</summary>
    long Cursor { get; }

    /// <summary>Rows that the store refused for good and that were set aside, since the start.</summary>
    long Refused { get; }

    /// <summary>Stores the rows and moves the cursor behind them. Rows that are there already change nothing.</summary>
    /// <exception cref="Exception">They are not stored, or only some of them: the same rows will come again.</exception>
    ValueTask WriteAsync(StoreRows rows, CancellationToken cancellationToken);

    /// <summary>Stores rows that were missed and leaves the cursor where it is. Rows that are there already change nothing.</summary>
    /// <exception cref="Exception">They are not stored, or only some of them: the same rows may come again.</exception>
    ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts, CancellationToken cancellationToken);

    /// <summary>Called between writes when there is nothing to write; for what keeps the store small.</summary>
    ValueTask TidyAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Answers questions about the past of a segment.</summary>
internal interface ISegmentHistory
{
    /// <summary>Score points between two moments, oldest first. When more than <paramref name="limit"/> lie there: the last of each hour, then of each day, then the newest of those.</summary>
    Task<IReadOnlyList<ScorePoint>> PointsAsync(
        SegmentId segment, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken);

    /// <summary>Passes since a moment, newest first.</summary>
    Task<IReadOnlyList<PassSummary>> PassesAsync(SegmentId segment, DateTimeOffset since, int limit, CancellationToken cancellationToken);
}
