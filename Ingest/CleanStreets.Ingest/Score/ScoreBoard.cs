using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Score;

/// <summary>The current score of every segment, for whoever wants to read it.</summary>
/// <remarks>Written by the Score loop alone. A score never changes: a new one takes its place whole, so readers need no lock.</remarks>
internal sealed class ScoreBoard(int segments)
{
    private readonly SegmentScore?[] _scores = new SegmentScore?[segments];
    private readonly IReadOnlyList<PendingConfirmation>?[] _pending = new IReadOnlyList<PendingConfirmation>?[segments];
    private int _seen;

    /// <summary>Segments with a grade.</summary>
    public int Seen => Volatile.Read(ref _seen);

    public SegmentScore? this[int segmentIndex] => Volatile.Read(ref _scores[segmentIndex]);

    /// <summary>Every score there is, in order of segment index.</summary>
    public IReadOnlyList<SegmentScore> All()
    {
        var all = new List<SegmentScore>();
        for (var i = 0; i < _scores.Length; i++)
        {
            if (this[i] is { } score)
            {
                all.Add(score);
            }
        }

        return all;
    }

    /// <summary>What waits for a person, newest first.</summary>
    public IReadOnlyList<PendingConfirmation> Pending()
    {
        var all = new List<PendingConfirmation>();
        for (var i = 0; i < _pending.Length; i++)
        {
            if (Volatile.Read(ref _pending[i]) is { } pending)
            {
                all.AddRange(pending);
            }
        }

        all.Sort(static (a, b) => b.SeenAt != a.SeenAt ? b.SeenAt.CompareTo(a.SeenAt) : string.CompareOrdinal(a.DetectionId, b.DetectionId));
        return all;
    }

    public void Set(int segmentIndex, SegmentScore score, IReadOnlyList<PendingConfirmation> pending)
    {
        var before = this[segmentIndex];
        Volatile.Write(ref _scores[segmentIndex], score);
        Volatile.Write(ref _pending[segmentIndex], pending);
        var change = (score.State == ScoreState.Seen ? 1 : 0) - (before?.State == ScoreState.Seen ? 1 : 0);
        Volatile.Write(ref _seen, _seen + change);
    }
}
