using System.Runtime.InteropServices;

namespace CleanStreets.Scoring.Index;

/// <summary>What each pass of a street counted, one beside the other in memory and remembered from score to score.</summary>
internal sealed class PassTallies
{
    private readonly List<PassTally> _passes;

    /// <param name="tally">Counts a pass.</param>
    /// <param name="passes">The passes so far, by the time they entered.</param>
    public PassTallies(CategoryTally tally, ReadOnlySpan<PassEvidence> passes)
    {
        (Tally, _passes) = (tally, new List<PassTally>(passes.Length));
        foreach (var pass in passes)
        {
            _passes.Add(new PassTally(pass, tally));
        }
    }

    public CategoryTally Tally { get; }

    /// <summary>By pass.</summary>
    public ReadOnlySpan<PassTally> ByPass => CollectionsMarshal.AsSpan(_passes);

    /// <summary>A pass was inserted.</summary>
    public void Insert(int at, PassEvidence pass) => _passes.Insert(at, new PassTally(pass, Tally));
}
