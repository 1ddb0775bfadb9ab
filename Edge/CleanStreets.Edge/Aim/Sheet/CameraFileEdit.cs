using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts.Disk;
using CleanStreets.Edge.Aim.Geometry;
using CleanStreets.Edge.Vision;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>Writes what was measured into the camera's file, whole or not at all, and leaves everything else in it as it was.</summary>
internal static class CameraFileEdit
{
    /// <summary>Writes it; the file before is kept beside it as <c>.before</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="draft">What was measured.</param>
    /// <param name="calibrationId">Its name.</param>
    /// <exception cref="VisionException">It cannot be written, or was changed meanwhile into something that cannot be read.</exception>
    public static void Write(string path, AimDraft draft, string calibrationId)
    {
        try
        {
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
            var before = File.ReadAllBytes(file);
            var after = JsonSplice.Set(before, Values(draft, calibrationId));
            CameraFile.Parse(after, file); // What is written can be read.
            var mode = OperatingSystem.IsWindows() ? WholeFile.Public : File.GetUnixFileMode(file);
            WholeFile.Write(file + ".before", before, mode);
            WholeFile.Write(file, after, mode);
            FolderOwner.HandOver(Path.GetDirectoryName(file)!, file, file + ".before");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new VisionException($"The camera's file {path} cannot be written: {ex.Message} Run 'edge aim' as a user who may write it.", ex);
        }
    }

    private static Dictionary<string, string> Values(AimDraft draft, string calibrationId)
    {
        var mounting = draft.Mounting;
        return new Dictionary<string, string>
        {
            ["mounting.calibrationId"] = $"\"{calibrationId}\"",
            ["mounting.heightMetres"] = Number(mounting.HeightMetres),
            ["mounting.pitchDegrees"] = Number(mounting.PitchDegrees),
            ["mounting.rollDegrees"] = Number(mounting.RollDegrees),
            ["mounting.yawDegrees"] = Number(mounting.YawDegrees),
            ["mounting.rightMetres"] = Number(mounting.RightMetres),
            ["mounting.horizontalFieldOfViewDegrees"] = Number(mounting.HorizontalFieldOfViewDegrees),
            ["mounting.region.polygon"] = $"[{string.Join(", ", mounting.Region.Polygon.Select(corner => $"[{Number(corner[0])}, {Number(corner[1])}]"))}]",
            ["kerbs.leftMetres"] = Number(draft.Kerbs.Of(isLeft: true, mounting.YawDegrees)),
            ["kerbs.rightMetres"] = Number(draft.Kerbs.Of(isLeft: false, mounting.YawDegrees)),
        };
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
