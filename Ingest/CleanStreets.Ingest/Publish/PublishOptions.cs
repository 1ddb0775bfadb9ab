using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Publish;

/// <summary>How often scores go out.</summary>
public sealed class PublishOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Publish";

    /// <summary>Shortest time between two rounds of scores; within it only the latest of each segment counts. Default: 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(50);
}

[OptionsValidator]
internal sealed partial class PublishOptionsValidator : IValidateOptions<PublishOptions>;
