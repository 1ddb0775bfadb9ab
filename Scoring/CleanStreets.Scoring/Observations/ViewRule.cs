namespace CleanStreets.Scoring.Observations;

/// <summary>Which passes are new views of a street, and which repeat one or were driven because of a work order.</summary>
/// <remarks>A rule belongs to the version of the method that uses it. Both times have their reasons beside them and are ours: no source names any.</remarks>
public sealed record ViewRule
{
    /// <summary>Every pass is a view of its own, whoever sent the truck: the rule of <c>crow-1</c>.</summary>
    public static ViewRule None { get; } = new() { RepeatWithin = TimeSpan.Zero, SentWithin = TimeSpan.Zero };

    /// <summary>The rule of <c>crow-2</c>.</summary>
    public static ViewRule Default { get; } = new();

    /// <summary>
    /// A view that the same truck takes again within this time is no new exposure: the newest of them stands for all. Default: 16 hours.
    /// </summary>
    /// <remarks>
    /// Longer than any crew's day, so that passes of one day (up one side, down the other, back from the depot) are one look at the same
    /// litter; shorter than the time to the next day's round. Counted as eight views, the same litter seen eight times would lie in a 90 %
    /// interval half of the time.
    /// </remarks>
    public TimeSpan RepeatWithin { get; init; } = TimeSpan.FromHours(16);

    /// <summary>How long after a truck was sent to a street its passes there are passes of the work order. Default: 12 hours, a crew's day.</summary>
    public TimeSpan SentWithin { get; init; } = TimeSpan.FromHours(12);
}
