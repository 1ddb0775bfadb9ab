using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>What the technician has set so far: nothing of it counts before it is accepted.</summary>
/// <param name="Mounting">How the camera sits.</param>
/// <param name="Kerbs">The kerbs that it is there for.</param>
/// <param name="FrameMetres">A frame is used at least every so many metres: so much of a kerb must be in each.</param>
/// <param name="Marks">Places of known distance.</param>
/// <param name="Width">Width of the picture, pixels.</param>
/// <param name="Height">Its height.</param>
internal sealed record AimDraft(CameraMounting Mounting, KerbTarget Kerbs, double FrameMetres, IReadOnlyList<Mark> Marks, int Width, int Height)
{
    private static readonly bool[] Sides = [true, false]; // Whether it is the left.

    /// <summary>The draft with which a camera's file begins.</summary>
    public static AimDraft Of(CameraFile file, int width, int height) => new(file.Mounting, file.Kerbs, file.EveryMetres, [], width, height);

    /// <summary>The kerbs that are this camera's, with what is seen of each.</summary>
    public IReadOnlyList<KerbView> KerbViews() =>
        [.. Sides.Select(isLeft => KerbView.Of(Mounting, Kerbs, isLeft, Width, Height)).OfType<KerbView>()];

    /// <summary>What the marks tell.</summary>
    public MarkFit? Measured() => MarkFit.Of(Mounting, Width, Height, Marks);

    /// <summary>Row of the horizon in the middle of the picture as a share of its height; below 0 above the picture.</summary>
    public double HorizonShare => new GroundPlane(Mounting, Width, Height).HorizonRow / Height;
}
