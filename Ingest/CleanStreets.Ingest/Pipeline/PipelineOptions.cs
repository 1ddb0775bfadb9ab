using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>How readings are grouped on their way between the stages.</summary>
public sealed class PipelineOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Pipeline";

    /// <summary>Bytes of messages a batch holds. Default: 512 KiB, one message of the readings limit and as much again.</summary>
    [Range(320 * 1024, 16 * 1024 * 1024)]
    public int BatchBytes { get; set; } = 512 * 1024;

    /// <summary>Most messages in a batch. Default: 1,024.</summary>
    [Range(1, 65_536)]
    public int BatchMessages { get; set; } = 1024;

    /// <summary>Batches there are in all; with <see cref="BatchBytes"/> the bound on memory between a truck and Match. Default: 32.</summary>
    [Range(4, 1024)]
    public int PoolBatches { get; set; } = 32;

    /// <summary>Longest a stop waits for the stages to finish what they have; what is then not acknowledged the trucks send again. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Batches that may wait before a stage. Default: 8.</summary>
    [Range(1, 1024)]
    public int QueueDepth { get; set; } = 8;
}

[OptionsValidator]
internal sealed partial class PipelineOptionsValidator : IValidateOptions<PipelineOptions>;
