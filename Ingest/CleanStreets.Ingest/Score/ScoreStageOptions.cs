using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Score;

/// <summary>When scores are computed.</summary>
public sealed class ScoreStageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Score";

    /// <summary>Shortest time between two rounds of scores; what changed several times within it is computed once. Default: 10 ms.</summary>
    /// <remarks>With the journal's 10 ms that leaves more than half of the 50 ms from receipt to the published score for disk and work.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Shortest time between two rounds while readings wait that came faster than they are matched. Default: 500 ms.</summary>
    /// <remarks>They are late already, and every score costs the readings behind it time: computed, published, stored and shown, as much as eight readings.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan IntervalBehind { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most scores a second; where streets change faster, rounds are farther apart and each computes a street once for all its passes. Default: 4,000.</summary>
    /// <remarks>A thousand trucks at 1 Hz pass 60 streets a second. Every score is also published, stored and shown, which costs as much again.</remarks>
    [Range(1, 1_000_000)]
    public int MostPerSecond { get; set; } = 4000;

    /// <summary>Share of one core that rounds may take, so that the stages before them get on. Default: a fifth.</summary>
    [Range(0.01, 1.0)]
    public double MostOfOneCore { get; set; } = 0.2;

    /// <summary>How often segments whose evidence has faded are published anew. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);
}

[OptionsValidator]
internal sealed partial class ScoreStageOptionsValidator : IValidateOptions<ScoreStageOptions>;
