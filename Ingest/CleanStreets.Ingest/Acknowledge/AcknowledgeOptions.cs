using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>How trucks learn what is on disk.</summary>
public sealed class AcknowledgeOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Acknowledge";

    /// <summary>Shortest time between two messages of marks to one truck. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan MarksInterval { get; set; } = TimeSpan.FromSeconds(1);
}

[OptionsValidator]
internal sealed partial class AcknowledgeOptionsValidator : IValidateOptions<AcknowledgeOptions>;
