using System.ComponentModel.DataAnnotations;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>How streets become an area's number.</summary>
public sealed record AreaOptions
{
    /// <summary>Categories, priors and the rule for "seen". Default: those that the method names.</summary>
    public CrowOptions? Categories { get; init; }

    /// <summary>
    /// Standard deviation, in natural logarithm, of what a truck's camera and detector count on every street it drives. Default: 0.35.
    /// </summary>
    /// <remarks>A guess that simulations were made with: a camera that finds two thirds of what another finds. Replace it by what comparing your trucks on the same streets shows.</remarks>
    [Range(0.0, 3.0)]
    public double TruckDeviation { get; init; } = 0.35;

    /// <summary>Longest time before and after a pass for which it stands in a period index. Default: 3.5 days, half a weekly round.</summary>
    public TimeSpan Reach { get; init; } = TimeSpan.FromDays(3.5);
}
