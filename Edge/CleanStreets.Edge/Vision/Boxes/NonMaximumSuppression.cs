using System.Runtime.InteropServices;

namespace CleanStreets.Edge.Vision.Boxes;

/// <summary>Keeps, of candidates of one label that overlap, the surest one (greedy non-maximum suppression, label by label).</summary>
internal static class NonMaximumSuppression
{
    /// <summary>Most candidates looked at: a picture that has more is no street, and the effort grows with the square.</summary>
    public const int MaxCandidates = 2000;

    /// <summary>Most that stay.</summary>
    public const int MaxKept = 300;

    /// <summary>Reduces a list in place to what stays, surest first.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="overlap">Share of overlap (area of both ÷ area of either) above which the less sure one goes.</param>
    public static void Reduce(List<Candidate> candidates, float overlap)
    {
        candidates.Sort(static (a, b) => b.Confidence.CompareTo(a.Confidence));
        var all = CollectionsMarshal.AsSpan(candidates)[..Math.Min(candidates.Count, MaxCandidates)];
        var kept = 0;
        for (var i = 0; i < all.Length && kept < MaxKept; i++)
        {
            var candidate = all[i];
            if (!IsCovered(all[..kept], candidate, overlap))
            {
                all[kept++] = candidate; // Never beyond i: what is overwritten was looked at.
            }
        }

        CollectionsMarshal.SetCount(candidates, kept);
    }

    private static bool IsCovered(ReadOnlySpan<Candidate> kept, Candidate candidate, float overlap)
    {
        foreach (ref readonly var surer in kept)
        {
            if (surer.Label == candidate.Label && surer.Box.Overlap(candidate.Box) > overlap)
            {
                return true;
            }
        }

        return false;
    }
}
