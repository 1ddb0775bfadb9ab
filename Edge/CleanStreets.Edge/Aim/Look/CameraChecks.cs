using System.Globalization;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Vision;

namespace CleanStreets.Edge.Aim.Look;

/// <summary>Whether the camera gives a good picture, and whether people in it are masked.</summary>
internal static class CameraChecks
{
    // Frames of which one must have been masked: people walk by.
    private const int Frames = 20;

    /// <summary>A line each for camera, picture and masks.</summary>
    /// <param name="file">The camera.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="eye">What it shows.</param>
    public static IReadOnlyList<Diagnosis> Of(CameraFile file, AimOptions options, AimEye eye)
    {
        if (eye.Latest is not { } picture || eye.IsUnplugged)
        {
            var fix = AgentLock.IsHeld(options.Data)
                ? "the agent runs and holds the camera: stop it while you aim (systemctl stop cleanstreets-edge)"
                : "check the plug, the source in the camera's file, and that ffmpeg is installed";
            return [Diagnosis.Fail("camera", $"{Credentials.Without(file.Source)} gives no pictures", fix), Masks(eye)];
        }

        return
        [
            Diagnosis.Ok("camera", string.Create(CultureInfo.InvariantCulture, $"{file.CameraId} gives pictures of {picture.Width} × {picture.Height}")),
            Picture(picture),
            Masks(eye),
        ];
    }

    /// <summary>Why the newest picture is not shown; null: it is.</summary>
    public static string? Withheld(AimEye eye) =>
        eye.ModelFault is not null ? "No picture is shown: without the model nobody in it can be masked. Aim by the lines and the marks; what is missing stands under Check."
        : eye.Latest is not { } picture ? "Waiting for the camera …"
        : eye.IsUnplugged ? "The camera gives no pictures."
        : picture.Withheld is { } reason ? $"This picture is withheld: {reason}."
        : null;

    private static Diagnosis Picture(AimPicture picture) =>
        picture.Faults.HasFlag(CameraFaults.Dark) ? Diagnosis.Fail("picture", "too dark to see anything", "take the cap or cover off the lens, or give it light")
        : picture.Faults.HasFlag(CameraFaults.Frozen) ? Diagnosis.Fail("picture", "the same frame again and again", "unplug the camera and plug it in again")
        : picture.IsSoft ? Diagnosis.Fail("picture", "all of it is blurred", "clean the lens with a soft cloth, and turn its focus ring until edges are sharp")
        : Diagnosis.Ok("picture", "live, bright and sharp enough; spots on the lens show only while driving");

    private static Diagnosis Masks(AimEye eye) =>
        eye.ModelFault is { } fault ? Diagnosis.Fail("masks", fault, "check the camera's file, its model and labels, and that ONNX Runtime is installed (deploy/onnxruntime/install)")
        : eye.ModelVersion.Length == 0 ? Diagnosis.Fail("masks", "the model is being opened", "wait a moment")
        : eye.LastMasked is { } masked && eye.Latest is { } latest && latest.Number - masked.Number < Frames
            ? Diagnosis.Ok("masks", string.Create(CultureInfo.InvariantCulture, $"people and vehicles are masked by {eye.ModelVersion}; {masked.Masks} in the picture"))
        : Diagnosis.Fail("masks", $"none of the last {Frames} pictures could be masked{(eye.Latest?.Withheld is { } reason ? $": {reason}" : "")}", "give the street more light, or wait until people and vehicles have gone by");
}
