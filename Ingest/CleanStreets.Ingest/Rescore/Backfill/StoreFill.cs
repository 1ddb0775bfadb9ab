using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;
using Polly;
using Polly.Retry;

namespace CleanStreets.Ingest.Rescore.Backfill;

/// <summary>What a backfill did.</summary>
/// <param name="Span">What of the journal was read.</param>
/// <param name="Passes">Passes given to the store, those that it had included.</param>
/// <param name="Points">Score points given to it, likewise.</param>
/// <param name="PointsWithoutEvidence">Points that cannot be computed any more.</param>
/// <param name="Filled">Stretches that are whole now.</param>
/// <param name="Lost">Stretches of the journal that are gone or damaged: nothing can fill them any more.</param>
internal sealed record StoreFillResult(
    JournalSpan Span, long Passes, long Points, long PointsWithoutEvidence, IReadOnlyList<StoreGap> Filled, IReadOnlyList<StoreGap> Lost);

/// <summary>Fills the gaps of a store from the journal. What it writes twice is there once, so it may be stopped and started again.</summary>
internal sealed class StoreFill(IngestPaths paths, StreetNetwork network, IngestOptions options, TimeProvider time)
{
    private const int Attempts = 8;

    private readonly CrowMethod _method = ScoreMethods.Find(MethodChoice.InUse(paths))
        ?? throw new UsageException("Ingest last ran with a method that this version does not have: fill the store with the version that has it.");

    // A running ingest writes the same SQLite file, and a server may be busy: a short wait is no failure.
    private readonly ResiliencePipeline _patient = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null and not OperationCanceledException),
            MaxRetryAttempts = Attempts,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.Store.RetryPause,
            MaxDelay = options.Store.LongestRetryPause,
        })
        .Build();

    /// <summary>Fills.</summary>
    /// <param name="store">The store.</param>
    /// <param name="gaps">What it misses.</param>
    /// <param name="progress">Told the share of the journal that has been read, 0–1.</param>
    /// <param name="cancellationToken">Stops it; what is written stays.</param>
    public StoreFillResult Run(ISegmentStore store, IReadOnlyList<StoreGap> gaps, Action<double> progress, CancellationToken cancellationToken)
    {
        var journal = new JournalRun(paths, options.Pipeline);
        var begin = journal.Begin;
        var beginMs = FirstReceivedAtMs();
        var book = new EvidenceBook(network, _method.HorizonMs, asOfMs: null);
        var rows = new MissedRows(network, _method, book, gaps, asOfMs => begin == 0 || asOfMs - beginMs >= _method.HorizonMs);
        var matcher = new TraceMatcher(network, new MatchingOptions(), new ObservationOptions(), options.Match);
        var (passes, points) = (0L, 0L);
        void Store(int least)
        {
            if (rows.Passes.Count + rows.Points.Count + rows.Facts.Count >= least)
            {
                _patient.ExecuteAsync(token => store.FillAsync(rows.Passes, rows.Points, rows.Facts, token), cancellationToken).AsTask().GetAwaiter().GetResult();
                (passes, points) = (passes + rows.Passes.Count, points + rows.Points.Count);
                rows.Passes.Clear();
                rows.Points.Clear();
                rows.Facts.Clear();
            }
        }

        var span = journal.Read(
            from: 0,
            new Admission(options.Admission),
            batch =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows.Take(matcher.Match(batch));
                Store(least: options.Store.WriteRows);
            },
            progress);
        rows.Complete();
        Store(least: 1);
        var lost = Lost(gaps, begin, span).ToList();
        return new StoreFillResult(span, passes, points, rows.WithoutEvidence, [.. gaps.SelectMany(gap => Without(gap, lost))], lost);
    }

    private static IEnumerable<StoreGap> Lost(IReadOnlyList<StoreGap> gaps, long begin, JournalSpan span) => gaps.SelectMany(gap => span.Damage
        .Where(item => item.Kind is not JournalDamageKind.Alien)
        .Select(item => new StoreGap(Math.Max(gap.From, item.Position), Math.Min(gap.Through, item.Position + item.Length)))
        .Append(new StoreGap(gap.From, Math.Min(gap.Through, begin)))
        .Where(piece => piece.From < piece.Through));

    private static IEnumerable<StoreGap> Without(StoreGap gap, List<StoreGap> lost) =>
        lost.Aggregate((IEnumerable<StoreGap>)[gap], (pieces, piece) => pieces.SelectMany(whole => whole.Without(piece)).ToList());

    private long FirstReceivedAtMs()
    {
        using var reader = new JournalReader(paths.Journal);
        return reader.TryReadNext(out var first) ? first.ReceivedAtMs : 0;
    }
}
