namespace CleanStreets.Scoring.Index;

/// <summary>The classes into which a method cuts its number, so that it can be told which streets change theirs.</summary>
/// <param name="LowIsClean">Whether low numbers are clean.</param>
/// <param name="FromCleanest">The classes, the cleanest first; the last takes whatever is left.</param>
public sealed record IndexGrades(bool LowIsClean, IReadOnlyList<IndexGrade> FromCleanest)
{
    /// <summary>The map's letters A to E on the index 0 to 5.</summary>
    public static IndexGrades Letters { get; } = new(LowIsClean: true,
        [new("A", 1, true), new("B", 2, true), new("C", 3, true), new("D", 4, false), new("E", 5, false)]);

    /// <summary>Place of a number's class, 0 being the cleanest.</summary>
    public int RankOf(double value)
    {
        for (var rank = 0; rank < FromCleanest.Count - 1; rank++)
        {
            if (LowIsClean ? value <= FromCleanest[rank].Edge : value >= FromCleanest[rank].Edge)
            {
                return rank;
            }
        }

        return FromCleanest.Count - 1;
    }

    /// <summary>Whether two methods speak of the same classes, so that a street's place in one can be compared with its place in the other.</summary>
    public bool IsSameScaleAs(IndexGrades other) => LowIsClean == other.LowIsClean && FromCleanest.SequenceEqual(other.FromCleanest);
}

/// <summary>One class of a method.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Edge">The last number that still belongs to it, on the way from clean to dirty.</param>
/// <param name="IsAcceptable">Whether such a street is clean enough to be left as it is: what methods of different scales are compared by.</param>
public sealed record IndexGrade(string Name, double Edge, bool IsAcceptable);
