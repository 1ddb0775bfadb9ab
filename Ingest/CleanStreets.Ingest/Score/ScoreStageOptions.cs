using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Score;

/// <summary>When scores are computed.</summary>
public sealed class ScoreStageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Score";

    /// <summary>Shortest time between two rounds of scores; what changed several times within it is computed once. Default: 25 ms.</summary>
    /// <remarks>With the journal's 10 ms that leaves a third of the 50 ms from receipt to the published score for the work itself.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How often segments whose evidence has faded are published anew. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);
}

[OptionsValidator]
internal sealed partial class ScoreStageOptionsValidator : IValidateOptions<ScoreStageOptions>;
