namespace CleanStreets.Contracts.Readings;

/// <summary>Our own kinds of detection. The list is open: a city maps others to its categories.</summary>
public static class Kinds
{
    /// <summary>Pieces of litter.</summary>
    public const string LooseLitter = "loose_litter";

    /// <summary>Weeds in gutter or pavement.</summary>
    public const string Weeds = "weeds";

    /// <summary>One bulky item.</summary>
    public const string BulkyItem = "bulky_item";

    /// <summary>A pile of things: illegal dumping only once a person has confirmed it.</summary>
    public const string Pile = "pile";

    /// <summary>Fallen leaves.</summary>
    public const string Leaves = "leaves";

    /// <summary>A litter bin that overflows.</summary>
    public const string OverflowingBin = "overflowing_bin";

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<string> All { get; } = [LooseLitter, Weeds, BulkyItem, Pile, Leaves, OverflowingBin];
}
