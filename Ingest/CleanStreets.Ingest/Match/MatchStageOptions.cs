using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Match;

/// <summary>How a trace is put in order before it is matched.</summary>
public sealed class MatchStageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Match";

    /// <summary>Readings that wait behind a hole in the sequences; one more, and the trace breaks there. Default: 1,024.</summary>
    [Range(1, 65_536)]
    public int HoleReadings { get; set; } = 1024;
}

[OptionsValidator]
internal sealed partial class MatchStageOptionsValidator : IValidateOptions<MatchStageOptions>;
