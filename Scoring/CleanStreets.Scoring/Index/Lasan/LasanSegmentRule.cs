namespace CleanStreets.Scoring.Index;

/// <summary>LASAN's rule for one street segment, from its scoring sheet of 2016.</summary>
public static class LasanSegmentRule
{
    /// <summary>Name of the view in a score.</summary>
    public const string ViewName = "lasan-2016-q3";

    internal const int WorstGrade = 3;

    /// <summary>The segment's grade: 3 when illegal dumping is graded above 1, else the mean of the four category grades, rounded up.</summary>
    /// <param name="illegalDumping">ID, 1 to 3.</param>
    /// <param name="bulky">Bk, 1 to 3.</param>
    /// <param name="looseLitter">LL, 1 to 3.</param>
    /// <param name="weeds">Wd, 1 to 3.</param>
    public static int Grade(int illegalDumping, int bulky, int looseLitter, int weeds) =>
        illegalDumping > 1 ? 3 : (illegalDumping + bulky + looseLitter + weeds + 3) / 4; // (n + 3) / 4 is ⌈n / 4⌉ in integers.

    /// <summary>A category's grade from its rate.</summary>
    internal static int CategoryGrade(double ratePer100SquareMetres, LasanViewOptions options) =>
        ratePer100SquareMetres <= options.OneUpTo ? 1 : ratePer100SquareMetres <= options.TwoUpTo ? 2 : 3;
}
