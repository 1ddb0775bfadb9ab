using System.Text.Json.Serialization;
using CleanStreets.Edge.Vision.Model;

namespace CleanStreets.Edge.Detect;

/// <summary>What <c>edge detect</c> writes.</summary>
internal sealed record DetectReport(
    ModelReport Model, IReadOnlyList<ImageReport> Images, TimingReport Timing, MaskReport? Mask, IReadOnlyList<KindReport>? Kinds);

/// <summary>The model.</summary>
internal sealed record ModelReport(string File, string Version, string Layout, int InputWidth, int InputHeight, int Labels, ModelCard? Card);

/// <summary>One picture. A picture that could not be read has an error and nothing else.</summary>
internal sealed record ImageReport(string File)
{
    public int Width { get; init; }

    public int Height { get; init; }

    public string? Error { get; init; }

    public IReadOnlyList<FindingReport>? Detections { get; init; }

    /// <summary>day, dusk or night, by its brightness.</summary>
    public string? Light { get; init; }

    /// <summary>What would be masked; pixels.</summary>
    public IReadOnlyList<float[]>? Masks { get; init; }

    /// <summary>Whether a masked picture may be kept, or why not.</summary>
    public string? Picture { get; init; }

    public double? Milliseconds { get; init; }
}

/// <summary>One thing found.</summary>
/// <param name="Label">The model's word.</param>
/// <param name="Kind">Our kind; absent when it is none.</param>
/// <param name="Role">item, person, vehicle, shelter or other.</param>
/// <param name="Confidence">0–1.</param>
/// <param name="Box">Left, top, width, height in pixels.</param>
internal sealed record FindingReport(string Label, string? Kind, string Role, float Confidence, float[] Box);

/// <summary>How long it took.</summary>
/// <param name="Pictures">Pictures looked at.</param>
/// <param name="DetectMilliseconds">Median of one look: fitting, running, reading the boxes.</param>
/// <param name="FramesASecond">The same as a rate.</param>
/// <param name="RuntimeMilliseconds">Median of the runtime's bare run.</param>
internal sealed record TimingReport(int Pictures, double DetectMilliseconds, double FramesASecond, double RuntimeMilliseconds);

/// <summary>How well people and vehicles are masked, against hand-drawn boxes.</summary>
/// <param name="Labelled">People and vehicles that were labelled.</param>
/// <param name="Missed">Of them not wholly covered by masks.</param>
/// <param name="MissRate">Missed ÷ labelled.</param>
/// <param name="LabelledOnKept">People and vehicles on pictures that would be kept.</param>
/// <param name="MissedOnKept">Of them not wholly covered.</param>
/// <param name="MissRateOnKept">What could leave the truck.</param>
internal sealed record MaskReport(int Labelled, int Missed, double? MissRate, int LabelledOnKept, int MissedOnKept, double? MissRateOnKept);

/// <summary>How well one kind is found in one light, against hand-drawn boxes.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Light">day, dusk or night, by the picture's brightness.</param>
/// <param name="Labelled">Things that were labelled.</param>
/// <param name="Found">Of them found.</param>
/// <param name="FalsePositives">Things found that are not labelled.</param>
/// <param name="Pictures">Labelled pictures in this light.</param>
internal sealed record KindReport(string Kind, string Light, int Labelled, int Found, int FalsePositives, int Pictures);

/// <summary>The report's JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DetectReport))]
internal sealed partial class DetectJson : JsonSerializerContext;
