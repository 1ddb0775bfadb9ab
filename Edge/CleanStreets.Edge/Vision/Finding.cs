using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision;

/// <summary>One thing found in a picture.</summary>
/// <param name="Box">Where, in pixels of the picture.</param>
/// <param name="Label">The model's word for it.</param>
/// <param name="Role">What it is to us.</param>
/// <param name="Kind">Our kind of detection; null when it is none.</param>
/// <param name="Confidence">0–1.</param>
internal readonly record struct Finding(Box Box, string Label, LabelRole Role, string? Kind, float Confidence);
