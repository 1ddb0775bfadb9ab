using System.ComponentModel.DataAnnotations;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>Which streets may become orders, and what makes one worth more than another. All defaults are ours.</summary>
public sealed class CandidateOptions
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "WorkOrders:Candidates";

    /// <summary>The first grade that counts as dirty. Default: C, CROW's first level below what cities aim at.</summary>
    public Grade DirtyFrom { get; set; } = Grade.C;

    /// <summary>Least probability that the street is dirty. Default: 0.5, more likely than not.</summary>
    [Range(0.0, 1.0)]
    public double MinimumProbability { get; set; } = 0.5;

    /// <summary>Least share of the street's length seen lately. Default: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MinimumCoverage { get; set; } = 0.5;

    /// <summary>A score whose newest observation is older makes no order. Default: 7 days, a round of collection.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "90.00:00:00")]
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Age at which a candidate is worth half. Default: 3 days: litter moves, and a crew that finds nothing is a trip lost.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "90.00:00:00")]
    public TimeSpan HalfWorthAge { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How much a wide interval counts against a candidate: 0 not at all, 1 an interval over the whole scale makes it worth nothing. Default: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double UncertaintyDiscount { get; set; } = 0.5;

    /// <summary>Length beyond which a longer street is worth no more. Default: 300 m, about what one visit cleans.</summary>
    [Range(10.0, 10_000.0)]
    public double LengthCapMetres { get; set; } = 300;

    /// <summary>How long a street rests after an order on it has ended. Default: 6 hours, so that passes can show what it did.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromHours(6);
}
