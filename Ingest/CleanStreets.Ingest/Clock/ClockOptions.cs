using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Clock;

/// <summary>How far the clock of this machine is believed.</summary>
public sealed class ClockOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Clock";

    /// <summary>Longest that ingest may have been down, or asleep: a clock that is further ahead is not believed. Default: 30 days.</summary>
    /// <remarks>After a longer time that was real, one start with a longer step is enough: from then on the clock is believed again.</remarks>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan LongestStep { get; set; } = TimeSpan.FromDays(30);
}

[OptionsValidator]
internal sealed partial class ClockOptionsValidator : IValidateOptions<ClockOptions>;
