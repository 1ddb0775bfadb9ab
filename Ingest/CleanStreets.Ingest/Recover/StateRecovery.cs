using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;

namespace CleanStreets.Ingest.Recover;

/// <summary>Finds the snapshots to go on from: the newest that reads, another one for admission than for scores if need be.</summary>
/// <remarks>
/// Admission does not depend on streets or scores, so its part is good with any network. Match and Score need the same network, and
/// a store log that holds everything from before: otherwise passes would be missing in the stores. Where the journal's beginning is already
/// deleted, missing passes are the smaller harm: the log is told where it begins (<c>StoreLog.SkipTo</c>), so that the stores notice the gap, and
/// the scores stay right. The method does not matter: evidence is the same under each, and scores are computed again.
/// </remarks>
internal sealed class StateRecovery(IngestPaths paths, SnapshotFolder snapshots, IngestOptions options, ILogger logger)
{
    private const int TracesNamed = 16;

    private readonly List<SnapshotManifest> _good = snapshots.List(logger.SnapshotSetAside);

    /// <summary>No new record may stand below: a snapshot, or the store, has already seen the positions.</summary>
    public long NotBefore => _good.Count == 0 ? 0 : _good[0].Position;

    /// <summary>A time at which ingest ran, by its clock of then: that of the newest snapshot, or else when the newest file of the journal was begun; null when it never did.</summary>
    public DateTimeOffset? RanAt => _good.Count > 0
        ? _good[0].TakenAt
        : JournalSegmentFile.List(paths.Journal, []) is [.., var newest] ? DateTimeOffset.FromUnixTimeMilliseconds(newest.Header.CreatedAtMs) : null;

    /// <summary>Admission and quarantine as they were at the end of the journal.</summary>
    /// <exception cref="OperationCanceledException">The service stops before it has started.</exception>
    public (Admission Admission, AdmissionReplay Replay) RecoverAdmission(QuarantineLog quarantine, CancellationToken cancellationToken = default)
    {
        var (from, admission) = (0L, new Admission(options.Admission));
        foreach (var manifest in _good.ToList())
        {
            if (TryRead(manifest, () =>
            {
                var loaded = LoadAdmission(manifest.Position);
                var items = new QuarantineLog(options.Quarantine);
                Read(manifest.Position, SnapshotPart.Quarantine, items.Load);
                Read(manifest.Position, SnapshotPart.Quarantine, quarantine.Load);
                return loaded;
            }, out var read))
            {
                (from, admission) = (manifest.Position, read);
                break;
            }
        }

        using var journal = new JournalReader(paths.Journal, from);
        var replay = new AdmissionReplay(journal, admission, quarantine);
        replay.Run(cancellationToken);
        foreach (var damage in journal.Damage)
        {
            logger.JournalDamaged(damage);
        }

        return (admission, replay);
    }

    /// <summary>Open traces and evidence of the newest snapshot that may be used for them, or none at all, and the journal from there on.</summary>
    /// <param name="networkVersion">The streets in use.</param>
    /// <param name="loggedThrough">The store log holds everything from below.</param>
    /// <param name="newMatcher">Makes a matcher without traces.</param>
    /// <param name="newKeeper">Makes a keeper without evidence.</param>
    public RecoveredState RecoverState(
        string networkVersion, long loggedThrough, Func<TraceMatcher> newMatcher, Func<ScoreKeeper> newKeeper)
    {
        foreach (var manifest in _good.ToList())
        {
            if (WhyNot(manifest, networkVersion, loggedThrough) is { } reason)
            {
                logger.SnapshotNotForScores(manifest.Position, reason);
            }
            else if (TryRead(manifest, () => Load(manifest.Position, newMatcher(), newKeeper()), out var state))
            {
                return state;
            }
        }

        return new RecoveredState(newMatcher(), newKeeper(), Replay(from: 0, new Admission(options.Admission)));
    }

    private string? WhyNot(SnapshotManifest manifest, string networkVersion, long loggedThrough) =>
        manifest.NetworkVersion != networkVersion ? $"it is of street network {manifest.NetworkVersion}, and {networkVersion} is in use"
        : manifest.Position > loggedThrough && JournalIsWhole ? $"the store log holds passes only up to position {loggedThrough}"
        : null;

    private bool JournalIsWhole
    {
        get
        {
            using var journal = new JournalReader(paths.Journal);
            return journal.Begin == 0;
        }
    }

    private RecoveredState Load(long position, TraceMatcher matcher, ScoreKeeper keeper)
    {
        var admission = LoadAdmission(position);
        Read(position, SnapshotPart.Match, matcher.Load);
        if (matcher.Dropped.Count > 0)
        {
            logger.TracesDropped(position, matcher.Dropped.Count, string.Join(", ", matcher.Dropped.Take(TracesNamed).Select(trace => $"{trace.Truck} {trace.Session}")));
        }

        Read(position, SnapshotPart.Score, keeper.Load);
        return new RecoveredState(matcher, keeper, Replay(position, admission));
    }

    private JournalReplay Replay(long from, Admission admission) =>
        new(new JournalReader(paths.Journal, from), admission, options.Pipeline);

    private Admission LoadAdmission(long position)
    {
        var admission = new Admission(options.Admission);
        Read(position, SnapshotPart.Admission, admission.Load);
        return admission;
    }

    private void Read(long position, SnapshotPart part, ReadItem read) => PartReader.Read(snapshots.PathOf(position, part), part, position, read);

    private bool TryRead<T>(SnapshotManifest manifest, Func<T> read, out T result)
    {
        try
        {
            result = read();
            return true;
        }
        catch (SnapshotException ex)
        {
            logger.SnapshotSetAside(manifest.Position, ex.Message);
            _good.Remove(manifest);
            snapshots.SetAside(manifest.Position);
            result = default!;
            return false;
        }
    }
}
