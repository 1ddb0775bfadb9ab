using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>How much of what was quarantined stays in memory to be looked at; the journal keeps all of it.</summary>
public sealed class QuarantineOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Quarantine";

    /// <summary>Newest items kept. Default: 256.</summary>
    [Range(1, 100_000)]
    public int Items { get; set; } = 256;

    /// <summary>Newest items in the list on disk, which is searched and replayed from. Default: 20,000.</summary>
    [Range(100, 10_000_000)]
    public int ListedItems { get; set; } = 20_000;

    /// <summary>Mappings that may stand at once. Default: 64.</summary>
    /// <remarks>A faulty message is tried with each that is for its truck and reason: more of them would make a flood of poison dear.</remarks>
    [Range(0, 1024)]
    public int Mappings { get; set; } = 64;

    /// <summary>Bytes of each payload kept for the preview. Default: 512.</summary>
    [Range(0, 4096)]
    public int PreviewBytes { get; set; } = 512;
}

[OptionsValidator]
internal sealed partial class QuarantineOptionsValidator : IValidateOptions<QuarantineOptions>;
