using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Vision;

/// <summary>What the status says of the camera's last acceptance: written by <c>edge aim</c>, without picture and name.</summary>
internal static class AcceptanceFile
{
    /// <summary>Where it lies.</summary>
    public static string In(string data) => Path.Combine(data, "acceptance.json");

    /// <summary>The acceptance of a measuring; null when that was never accepted here, or the file cannot be read.</summary>
    public static CameraAcceptance? Read(string data, string calibrationId)
    {
        try
        {
            var path = In(data);
            var read = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractJson.Default.CameraAcceptance) : null;
            return read?.CalibrationId == calibrationId ? read : null;
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // It only informs.
        }
    }
}
