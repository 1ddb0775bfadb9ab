using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>A street as the ranking sees it.</summary>
/// <param name="Score">Its current score.</param>
/// <param name="LengthMetres">Its length.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Middle">Its middle, to find the nearest crew.</param>
public sealed record RankedStreet(SegmentScore Score, double LengthMetres, string? Name = null, Place? Middle = null);

/// <summary>A street worth sending a crew to. Not an order: it becomes one only within the crews' capacity.</summary>
/// <param name="Street">The street with its score.</param>
/// <param name="Benefit">Expected benefit, grade-metres; see <see cref="CandidateRanking"/>.</param>
/// <param name="DirtyProbability">Probability of the dirty grades together.</param>
/// <param name="Reason">Why, in a sentence for people.</param>
public sealed record Candidate(RankedStreet Street, double Benefit, double DirtyProbability, string Reason)
{
    /// <summary>The segment.</summary>
    public SegmentId SegmentId => Street.Score.SegmentId;
}

/// <summary>Why a street is no candidate.</summary>
public enum CandidateExclusion : byte
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>Not seen well enough to say anything.</summary>
    NotSeen = 1,

    /// <summary>Probably clean enough.</summary>
    NotDirty = 2,

    /// <summary>Too little of its length was seen lately.</summary>
    TooLittleSeen = 3,

    /// <summary>The newest observation is too old.</summary>
    TooOld = 4,

    /// <summary>A crew has an order there already.</summary>
    HasOrder = 5,

    /// <summary>An order there ended a short while ago.</summary>
    Resting = 6,
}

/// <summary>Exclusions in sentences.</summary>
public static class CandidateExclusions
{
    /// <summary>What <paramref name="exclusion"/> means, for people.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not an exclusion.</exception>
    public static string Message(this CandidateExclusion exclusion) => exclusion switch
    {
        CandidateExclusion.None => "A candidate.",
        CandidateExclusion.NotSeen => "Not seen well enough lately: no crew is sent on a guess.",
        CandidateExclusion.NotDirty => "Probably clean enough.",
        CandidateExclusion.TooLittleSeen => "Too little of its length was seen lately.",
        CandidateExclusion.TooOld => "The newest observation is too old to send a crew on.",
        CandidateExclusion.HasOrder => "A crew has an order there already.",
        CandidateExclusion.Resting => "An order there ended a short while ago; the next passes will show what it did.",
        _ => throw new ArgumentOutOfRangeException(nameof(exclusion), exclusion, "Not an exclusion."),
    };
}
