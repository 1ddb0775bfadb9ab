using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;

namespace CleanStreets.Ingest.Score;

/// <summary>Adds what is replayed to the evidence, and computes the score points that the store log had not got before the stop.</summary>
/// <remarks>
/// A point is known by its segment and what it is as of: the newest evidence. Here one is computed for each of them, with all that came before a newer
/// one did, in the order of the journal. So which points there are, and what they say, depends on the journal alone: neither on how often the
/// replay was killed nor on when its rounds were. A round gives the points that are not final yet, too, because what the log covers is not
/// computed again; a later one of the same name takes its place in every store.
/// </remarks>
internal sealed class ReplayPoints(ScoreKeeper keeper, long loggedThrough)
{
    /// <summary>Segments with news since their last point.</summary>
    private readonly SortedSet<int> _open = [];
    private readonly HashSet<int> _seen = [];
    private List<SegmentScore> _points = [];
    private List<SegmentScore> _known = [];

    public void Add(MatchedBatch batch)
    {
        // Passes and facts as they stood in the journal: which came first decides what an earlier point says.
        var (pass, fact) = (0, 0);
        while (pass < batch.Observations.Count || fact < batch.Facts.Count)
        {
            if (fact == batch.Facts.Count || (pass < batch.Observations.Count && batch.Observations[pass].Position < batch.Facts[fact].Position))
            {
                var observed = batch.Observations[pass++];
                if (observed.IsTrial)
                {
                    // No evidence: no score knows it.
                    keeper.Add(in observed);
                    continue;
                }

                var index = observed.Observation.SegmentIndex;
                Before(index, observed.Observation.LeftAtMs, observed.Position);
                keeper.Add(in observed);
                After(index, observed.Position);
            }
            else
            {
                var said = batch.Facts[fact++];
                if (keeper.TryFind(said.Fact.SegmentId, out var index))
                {
                    Before(index, said.AtMs, said.Position);
                    keeper.Add(in said);
                    After(index, said.Position);
                }
            }
        }
    }

    /// <summary>The points since the last round, and the scores that were in the log already when their first news came: a point must say something else.</summary>
    public (List<SegmentScore> Points, List<SegmentScore> Known) Take()
    {
        foreach (var index in _open)
        {
            _points.Add(keeper.Peek(index));
        }

        _open.Clear();
        var taken = (_points, _known);
        (_points, _known) = ([], []);
        return taken;
    }

    private void Before(int index, long atMs, long position)
    {
        if (position < loggedThrough)
        {
            return;
        }

        if (_seen.Add(index) && keeper.HasEvidence(index))
        {
            _known.Add(keeper.Peek(index));
        }

        if (atMs > keeper.AsOfMs(index) && _open.Remove(index))
        {
            _points.Add(keeper.Peek(index));
        }
    }

    private void After(int index, long position)
    {
        if (position >= loggedThrough)
        {
            _open.Add(index);
        }
    }
}
