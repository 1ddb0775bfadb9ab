using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Disk;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Capture;

/// <summary>How the world looked on average when the camera was measured: what it shows now is compared with it.</summary>
internal sealed record CameraReference
{
    /// <summary>The measuring it belongs to.</summary>
    public required string CalibrationId { get; init; }

    /// <summary>Mean brightness of the cells of a <see cref="Thumbnail"/>.</summary>
    public required float[] Cells { get; init; }

    /// <summary>How sharp it was.</summary>
    public required double Sharpness { get; init; }

    /// <summary>Reads the reference of a measuring; null when there is none yet.</summary>
    public static CameraReference? Read(string path, string calibrationId, ILogger logger)
    {
        try
        {
            var read = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), CaptureJson.Default.CameraReference) : null;
            return read?.CalibrationId == calibrationId && read.Cells.Length == Thumbnail.Cells ? read : null;
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            CaptureLog.ReferenceUnreadable(logger, path, ex.Message);
            return null;
        }
    }

    /// <summary>Writes it; whole or not at all.</summary>
    public void Write(string path)
    {
        var unfinished = path + ".new";
        using (var file = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, CaptureJson.Default.CameraReference), 0);
            FileFlush.Flush(file);
        }

        File.Move(unfinished, path, overwrite: true);
        DirectoryFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}

/// <summary>The JSON of capture.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CameraReference))]
internal sealed partial class CaptureJson : JsonSerializerContext;
