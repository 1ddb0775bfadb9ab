using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Replays the journal and scores every street twice at one moment: as it is, and as it would be.</summary>
internal sealed class Rescorer(IngestPaths paths, StreetNetwork network, IngestOptions options)
{
    /// <summary>Compares <paramref name="before"/> with <paramref name="after"/>.</summary>
    /// <param name="before">What is in use.</param>
    /// <param name="after">What may take its place.</param>
    /// <param name="asOfMs">The moment, milliseconds since 1970 UTC; null: that of the newest evidence.</param>
    /// <param name="areas">A layer of areas; none: the city as a whole.</param>
    /// <param name="progress">Told the share of the journal that has been read, 0–1.</param>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public RescoreResult Run(ScoringChoice before, ScoringChoice after, long? asOfMs, IReadOnlyList<Area> areas, Action<double> progress)
    {
        var horizonMs = Math.Max(before.HorizonMs, after.HorizonMs);
        (TraceMatcher Matcher, EvidenceBook Book) New(ScoringChoice choice) => (
            new TraceMatcher(network, choice.Settings.Matching, choice.Settings.Observing, options.Match), new EvidenceBook(network, horizonMs, asOfMs));

        var twice = before.Settings.ChangesPasses || after.Settings.ChangesPasses;
        var start = RescoreStart.Choose(paths, network, options, horizonMs, asOfMs, mayUseSnapshot: !twice, () => New(before));
        var (matcher, book) = (start.Matcher, start.Book);
        var (otherMatcher, otherBook) = twice ? New(after) : (matcher, book);
        var span = new JournalRun(paths, options.Pipeline).Read(
            start.From,
            start.Admission,
            batch =>
            {
                book.Add(matcher.Match(batch));
                if (twice)
                {
                    otherBook.Add(otherMatcher.Match(batch));
                }
            },
            progress);

        var moment = asOfMs ?? Math.Max(book.NewestMs ?? 0, otherBook.NewestMs ?? 0);
        var scale = new RescoreScale(before.Method, after.Method);
        var rows = new List<RescoreRow>();
        foreach (var segment in network.Segments)
        {
            rows.Add(RescoreRow.Of(segment, Score(before, book, segment, moment), Score(after, otherBook, segment, moment), scale));
        }

        return new RescoreResult(before, after, scale, span, start.FromSnapshot, moment, horizonMs, book, otherBook, rows)
        {
            Areas = [.. areas.Select(area => AreaChange.Of(area, network, before, book, after, otherBook, rows, moment))],
        };
    }

    /// <summary>Scores each street by the live method at the moment of its own that a running ingest shows it for, and compares to the last bit.</summary>
    /// <returns>Streets whose score is another; empty: the replay and ingest agree.</returns>
    public IReadOnlyList<SegmentScore> Unlike(RescoreResult result, IReadOnlyList<SegmentScore> live)
    {
        var unlike = new List<SegmentScore>();
        foreach (var score in live)
        {
            var replayed = result.BookBefore.Of(score.SegmentId) is { } evidence
                ? ScoringChoice.Live(score.Method).Score(evidence, network.Version, score.AsOf.ToUnixTimeMilliseconds()).Score
                : null;
            if (replayed is null || StreetScore.Written(replayed) != StreetScore.Written(score))
            {
                unlike.Add(score);
            }
        }

        return unlike;
    }

    private StreetScore Score(ScoringChoice choice, EvidenceBook book, StreetSegment segment, long asOfMs) =>
        book[segment.Index] is { } evidence ? choice.Score(evidence, network.Version, asOfMs) : default;
}
