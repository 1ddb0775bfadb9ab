using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>What becomes of a street. Written into files by name: never rename one.</summary>
internal enum StreetChange
{
    /// <summary>Nothing, to the last bit; or it was seen by neither.</summary>
    None,

    /// <summary>The number, or what stands beside it, but not the class.</summary>
    NumberOnly,

    /// <summary>A cleaner class.</summary>
    Cleaner,

    /// <summary>A dirtier class.</summary>
    Dirtier,

    /// <summary>It was not seen before and is now.</summary>
    Appears,

    /// <summary>It was seen before and is not now.</summary>
    Disappears,
}

/// <summary>One street on both sides.</summary>
/// <param name="Segment">The street.</param>
/// <param name="Before">What it is.</param>
/// <param name="After">What it would be.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Distance">How far it moves, for the order of the list: numbers on one scale, else shares of the way from the cleanest class to the dirtiest.</param>
internal sealed record RescoreRow(StreetSegment Segment, StreetScore Before, StreetScore After, StreetChange Change, double Distance)
{
    /// <summary>Compares both sides.</summary>
    /// <remarks>Methods of different scales are compared by one question that both answer: is the street acceptable?</remarks>
    public static RescoreRow Of(StreetSegment segment, in StreetScore before, in StreetScore after, RescoreScale scale)
    {
        if (before.IsSeen != after.IsSeen)
        {
            return new RescoreRow(segment, before, after, after.IsSeen ? StreetChange.Appears : StreetChange.Disappears, 0);
        }

        if (!before.IsSeen)
        {
            return new RescoreRow(segment, before, after, before.IsSameAs(in after) ? StreetChange.None : StreetChange.NumberOnly, 0);
        }

        var change = scale.Compare(in before, in after) switch
        {
            < 0 => StreetChange.Cleaner,
            > 0 => StreetChange.Dirtier,
            _ => scale.IsOne && !before.IsSameAs(in after) ? StreetChange.NumberOnly : StreetChange.None,
        };
        return new RescoreRow(segment, before, after, change, scale.Distance(in before, in after));
    }
}

/// <summary>How two methods' answers for a street are compared.</summary>
internal sealed class RescoreScale
{
    private readonly IndexGrades? _before;
    private readonly IndexGrades? _after;

    public RescoreScale(IIndexMethod before, IIndexMethod after)
    {
        (_before, _after) = (before.Grades, after.Grades);
        IsOne = before.Name == after.Name || (_before is not null && _after is not null && _before.IsSameScaleAs(_after));
    }

    /// <summary>Both speak of the same numbers and classes.</summary>
    public bool IsOne { get; }

    /// <summary>In what the class of a street is compared.</summary>
    public string Words => IsOne ? _before is null ? "the method has no classes, so numbers are compared" : "class by class"
        : _before is null || _after is null ? "the two have no classes in common, so only what is seen is compared; name --against for the same method"
        : "different scales, so by whether a street is acceptable: "
            + $"{Acceptable(_before)} against {Acceptable(_after)}";

    /// <summary>Below 0: the second is cleaner; above 0: dirtier.</summary>
    public int Compare(in StreetScore before, in StreetScore after)
    {
        if (_before is null || _after is null || before.Rank is not { } from || after.Rank is not { } to)
        {
            return 0;
        }

        return IsOne ? to.CompareTo(from) : _before.FromCleanest[from].IsAcceptable.CompareTo(_after.FromCleanest[to].IsAcceptable);
    }

    public double Distance(in StreetScore before, in StreetScore after) =>
        IsOne ? Math.Abs(after.Number!.Value - before.Number!.Value)
        : _before is null || _after is null ? 0
        : Math.Abs(Place(_after, after.Rank) - Place(_before, before.Rank));

    private static double Place(IndexGrades grades, int? rank) => rank.GetValueOrDefault() / (double)Math.Max(1, grades.FromCleanest.Count - 1);

    private static string Acceptable(IndexGrades grades) => string.Join('/', grades.FromCleanest.Where(grade => grade.IsAcceptable).Select(grade => grade.Name));
}
