using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Privacy;

namespace CleanStreets.Edge.Aim.Look;

/// <summary>What one frame came to. The frame itself is forgotten; what people may see of it went through the masks.</summary>
/// <param name="Number">Its place among the frames since the start.</param>
/// <param name="Timestamp">When it was taken, by the monotonic clock.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Jpeg">The masked picture; null when it is withheld.</param>
/// <param name="Withheld">Why, in words; null when it is not.</param>
/// <param name="Masks">Masks in it.</param>
/// <param name="Faults">What is wrong with the camera.</param>
/// <param name="IsSoft">Whether all of it is blurred.</param>
/// <param name="Cells">Cells of its <see cref="Thumbnail"/>: they stay in memory.</param>
internal sealed record AimPicture(
    long Number, long Timestamp, int Width, int Height, MaskedJpeg? Jpeg, string? Withheld, int Masks, CameraFaults Faults, bool IsSoft, float[] Cells);
