using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Admit;

/// <summary>Bounds of what admission remembers, and how it judges a truck's clock.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Admission";

    /// <summary>Most trucks known at a time. Default: 20,000, as many as the listener takes connections.</summary>
    [Range(1, 1_000_000)]
    public int Trucks { get; set; } = 20_000;

    /// <summary>Sessions remembered for each truck; a new one takes the place of the one closed longest ago. Default: 64.</summary>
    [Range(2, 4096)]
    public int SessionsPerTruck { get; set; } = 64;

    /// <summary>Ranges of sequences remembered for each session, so one less than its most holes. Default: 256.</summary>
    [Range(2, 65_536)]
    public int RangesPerSession { get; set; } = 256;

    /// <summary>Forgotten sessions of a truck whose ids are still known, so that an old recording played back is recognised. Default: 4,096.</summary>
    [Range(0, 1_000_000)]
    public int ForgottenSessionsPerTruck { get; set; } = 4096;

    /// <summary>Accepted readings from which on a truck is established: an invented name does not push it out. Default: 1,000, a quarter of an hour of driving.</summary>
    [Range(1, 1_000_000_000)]
    public long EstablishedReadings { get; set; } = 1000;

    /// <summary>Silence after which even an established truck gives its place to a new one, when all are taken. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan EstablishedQuiet { get; set; } = TimeSpan.FromDays(30);

    /// <summary>While nine tenths of the places are taken, a session of a truck that is not established is closed after this silence. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ProbationIdle { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Sessions of trucks without a place that are still known: so many of trucks on probation, and as many of established ones. Default: 65,536, three for each place.</summary>
    [Range(0, 10_000_000)]
    public int ForgottenMarks { get; set; } = 65_536;

    /// <summary>A session that sent nothing new for so long is closed. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Difference between receipt and sending that is not yet a wrong clock. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest a message may have waited on its way, so that a right clock is not taken for a slow one. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan QueueAllowance { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far ahead of its receipt a reading may claim to have been captured. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaximumAhead { get; set; } = TimeSpan.FromDays(1);
}

[OptionsValidator]
internal sealed partial class AdmissionOptionsValidator : IValidateOptions<AdmissionOptions>;
