using System.Runtime.InteropServices;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>How much of each pass of a street is a new view, remembered from score to score: a further pass changes what stands for its own truck's alone.</summary>
/// <remarks>Of all passes and without cleanings, which is what is asked for again and again; anything else <see cref="Views"/> finds anew.</remarks>
internal sealed class ViewLedger
{
    private readonly List<ViewShares> _shares = [];

    /// <param name="rule">What a repeat is.</param>
    /// <param name="passes">The passes so far, by the time they entered.</param>
    /// <param name="trucks">Who drove them.</param>
    public ViewLedger(ViewRule rule, ReadOnlySpan<PassEvidence> passes, TruckPlaces trucks)
    {
        Rule = rule;
        CollectionsMarshal.SetCount(_shares, passes.Length);
        Views.Fill(passes, trucks, rule, cleanings: [], CollectionsMarshal.AsSpan(_shares));
    }

    public ViewRule Rule { get; }

    /// <summary>By pass.</summary>
    public ReadOnlySpan<ViewShares> Shares => CollectionsMarshal.AsSpan(_shares);

    /// <summary>A pass was inserted.</summary>
    /// <param name="at">Its place.</param>
    /// <param name="passes">All passes, this one among them.</param>
    /// <param name="trucks">Who drove them.</param>
    public void Insert(int at, ReadOnlySpan<PassEvidence> passes, TruckPlaces trucks)
    {
        _shares.Insert(at, ViewShares.All);
        Views.FillOf(trucks.ByPass[at], passes, trucks, Rule, CollectionsMarshal.AsSpan(_shares));
    }
}
