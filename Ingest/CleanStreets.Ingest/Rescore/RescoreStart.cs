using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Where a replay begins, and with what.</summary>
/// <param name="From">Position.</param>
/// <param name="Admission">Admission there.</param>
/// <param name="Matcher">The open traces there.</param>
/// <param name="Book">The evidence there.</param>
/// <param name="FromSnapshot">Whether open traces and evidence come from a snapshot, because the journal does not reach back far enough.</param>
internal sealed record RescoreStart(long From, Admission Admission, TraceMatcher Matcher, EvidenceBook Book, bool FromSnapshot)
{
    /// <summary>
    /// The whole journal, when that holds everything that still weighs something. Otherwise, if passes are the same for both sides, the newest
    /// snapshot that reads: its evidence reaches back beyond the journal's beginning. Nothing is moved or set aside: the folder is ingest's.
    /// </summary>
    /// <param name="paths">Ingest's folder.</param>
    /// <param name="network">The streets.</param>
    /// <param name="options">Ingest's settings.</param>
    /// <param name="horizonMs">Evidence older than this weighs nothing, milliseconds.</param>
    /// <param name="asOfMs">The moment that will be asked about; null: the newest.</param>
    /// <param name="mayUseSnapshot">False when passes are to come out differently: then only raw readings will do.</param>
    /// <param name="anew">Makes a matcher without traces and a book without evidence.</param>
    public static RescoreStart Choose(
        IngestPaths paths, StreetNetwork network, IngestOptions options, long horizonMs, long? asOfMs, bool mayUseSnapshot,
        Func<(TraceMatcher Matcher, EvidenceBook Book)> anew)
    {
        var (matcher, book) = anew();
        if (mayUseSnapshot && !ReachesBack(paths.Journal, horizonMs, asOfMs) && Directory.Exists(paths.Snapshots))
        {
            var folder = new SnapshotFolder(paths.Snapshots);
            foreach (var path in Directory.EnumerateFiles(paths.Snapshots, "*.snapshot").OrderDescending(StringComparer.Ordinal).ToList())
            {
                try
                {
                    var manifest = SnapshotManifest.Read(File.ReadAllText(path));
                    if (manifest.NetworkVersion == network.Version)
                    {
                        var admission = new Admission(options.Admission);
                        PartReader.Read(folder.PathOf(manifest.Position, SnapshotPart.Admission), SnapshotPart.Admission, manifest.Position, admission.Load);
                        PartReader.Read(folder.PathOf(manifest.Position, SnapshotPart.Match), SnapshotPart.Match, manifest.Position, matcher.Load);
                        PartReader.Read(folder.PathOf(manifest.Position, SnapshotPart.Score), SnapshotPart.Score, manifest.Position, book.Load);
                        return new RescoreStart(manifest.Position, admission, matcher, book, FromSnapshot: true);
                    }
                }
                catch (Exception ex) when (ex is SnapshotException or IOException)
                {
                    (matcher, book) = anew(); // Half of it was read.
                }
            }
        }

        return new RescoreStart(0, new Admission(options.Admission), matcher, book, FromSnapshot: false);
    }

    private static bool ReachesBack(string journal, long horizonMs, long? asOfMs)
    {
        using var reader = new JournalReader(journal);
        if (reader.Begin == 0 || !reader.TryReadNext(out var first))
        {
            return true;
        }

        var newestMs = JournalSegmentFile.List(journal, [])[^1].Header.CreatedAtMs; // The newest evidence is no older than that.
        return Math.Min(newestMs, asOfMs ?? long.MaxValue) - first.ReceivedAtMs > horizonMs;
    }
}
