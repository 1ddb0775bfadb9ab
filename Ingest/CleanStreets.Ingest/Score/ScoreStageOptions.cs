using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Score;

/// <summary>When scores are computed without new evidence.</summary>
public sealed class ScoreStageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Score";

    /// <summary>How often segments whose evidence has faded are published anew. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);
}

[OptionsValidator]
internal sealed partial class ScoreStageOptionsValidator : IValidateOptions<ScoreStageOptions>;
