namespace CleanStreets.Edge.Vision.Boxes;

/// <summary>What a model believes to see somewhere.</summary>
/// <param name="Box">Where.</param>
/// <param name="Label">Number of the label in the model's list.</param>
/// <param name="Confidence">0–1.</param>
internal readonly record struct Candidate(Box Box, int Label, float Confidence);
