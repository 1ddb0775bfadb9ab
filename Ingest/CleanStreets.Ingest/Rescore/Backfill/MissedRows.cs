using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore.Backfill;

/// <summary>Makes, out of a replay, the rows that a store missed in some stretches of the journal.</summary>
/// <remarks>
/// Passes are the same to the bit, with the same keys. A street's score is computed after each record that tells of it, as of
/// its newest evidence, where live it was computed once a round of one or more records; so every point that the store missed comes out, and some
/// between them. Where a round took late passes and newer evidence together, the point before the newer evidence holds those late passes here. A point is given
/// out only once the street has newer evidence: until then a late pass may still change it, as it did live.
/// </remarks>
internal sealed class MissedRows(StreetNetwork network, IScoreMethod method, EvidenceBook book, IReadOnlyList<StoreGap> gaps, Func<long, bool> hasEvidence)
{
    private readonly Dictionary<int, PointRow> _open = [];
    private readonly Dictionary<int, bool> _touched = [];
    private long _batchFrom;

    /// <summary>Passes ready to be stored.</summary>
    public List<PassRow> Passes { get; } = [];

    /// <summary>Points ready to be stored.</summary>
    public List<PointRow> Points { get; } = [];

    /// <summary>Facts ready to be stored.</summary>
    public List<FactRow> Facts { get; } = [];

    /// <summary>Points left out because readings that they were of are gone from the journal.</summary>
    public long WithoutEvidence { get; private set; }

    public void Take(MatchedBatch batch)
    {
        var record = -1L;
        foreach (var matched in batch.Observations)
        {
            if (matched.Position != record)
            {
                ScoreTouched();
                record = matched.Position;
            }

            var isMissed = IsMissed(matched.Position);
            book.Add(in matched);
            if (!matched.IsTrial)
            {
                _touched[matched.Observation.SegmentIndex] = isMissed;
            }

            if (isMissed)
            {
                Passes.Add(new PassRow(matched.Position, matched.Ordinal, matched.Observation.SegmentId, method.Summarise(matched.Observation, matched.Truck, book.OrderOf(in matched), matched.IsTrial)));
            }
        }

        ScoreTouched();
        foreach (var fact in batch.Facts)
        {
            if (IsMissed(fact.Position) && FactRow.Of(fact.Fact) is { } row)
            {
                Facts.Add(row);
            }

            if (book.Add(in fact) is { } segment)
            {
                // A batch of the replay tells where it begins and ends, not where each of its facts stands: a point too many does no harm.
                Score(segment.Index, gaps.Any(gap => gap.From < batch.ThroughPosition && _batchFrom < gap.Through));
            }
        }

        _batchFrom = batch.ThroughPosition;
    }

    /// <summary>The replay is over: what is open is final.</summary>
    public void Complete()
    {
        Points.AddRange(_open.OrderBy(item => item.Key).Select(item => item.Value));
        _open.Clear();
    }

    /// <summary>What one record completed was scored together live, too.</summary>
    private void ScoreTouched()
    {
        foreach (var (index, isMissed) in _touched)
        {
            Score(index, isMissed);
        }

        _touched.Clear();
    }

    private bool IsMissed(long position) => gaps.Any(gap => gap.From <= position && position < gap.Through);

    private void Score(int index, bool isMissed)
    {
        var asOfMs = book.AsOfMs(index);
        var isOpen = _open.TryGetValue(index, out var open);
        if (isOpen && open.Point.AsOf.ToUnixTimeMilliseconds() != asOfMs)
        {
            Points.Add(open);
            _open.Remove(index);
            isOpen = false;
        }

        if (!isMissed && !isOpen)
        {
            return;
        }

        if (!hasEvidence(asOfMs))
        {
            WithoutEvidence++;
            return;
        }

        var score = method.Score(book[index]!, network.Version, asOfMs);
        if (score is { State: ScoreState.Seen, Grade: { } grade, Index: { } number })
        {
            _open[index] = new PointRow(
                score.SegmentId, new ScorePoint(score.AsOf, number, score.Low ?? number, score.High ?? number, grade, score.SampleSize));
        }
    }
}
