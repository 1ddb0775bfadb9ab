using System.ComponentModel.DataAnnotations;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>When a later pass is believed.</summary>
public sealed class RecheckOptions
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "WorkOrders:Recheck";

    /// <summary>A pass counts only when it entered this long after the crew ended. Default: 1 minute: clocks of phones and trucks differ by seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Margin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Least share of the street's length that the pass drove. Default: 0.6.</summary>
    [Range(0.0, 1.0)]
    public double MinimumCoverage { get; set; } = 0.6;

    /// <summary>The worst grade that is still clean. Default: A, CROW's "clean".</summary>
    public Grade CleanUpTo { get; set; } = Grade.A;

    /// <summary>How long after the ending dirt is still the same dirt. Default: 24 hours; later a new order opens instead.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "14.00:00:00")]
    public TimeSpan ReopenWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a pass may verify. Default: 7 days; after that a clean street says nothing about this cleaning.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "90.00:00:00")]
    public TimeSpan VerifyWithin { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Whether the truck whose pass raised the order may verify it. Default: no: what its camera sees wrongly it would see wrongly again.</summary>
    public bool RaisingTruckVerifies { get; set; }
}
