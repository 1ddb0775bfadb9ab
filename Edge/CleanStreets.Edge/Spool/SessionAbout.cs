using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Spool;

/// <summary>What is true of all readings of a session: it stands in each of its batches, also when they are sent after the box was changed.</summary>
/// <param name="DeviceId">The box.</param>
/// <param name="CameraId">The camera.</param>
/// <param name="ModelVersion">Version of the detection model.</param>
/// <param name="CalibrationId">The camera's calibration.</param>
/// <remarks>Kept in a small file beside the chunks, on disk before the session's first reading, removed at an opening that finds none of its readings.</remarks>
internal sealed record SessionAbout(string? DeviceId = null, string? CameraId = null, string? ModelVersion = null, string? CalibrationId = null)
{
    private const string Extension = ".about";

    /// <summary>What was kept of a session; null when nothing was, or the file is damaged.</summary>
    public static SessionAbout? Read(string folder, SpoolKey key)
    {
        try
        {
            var path = PathOf(folder, key);
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), SpoolJson.Default.SessionAbout) : null;
        }
        catch (JsonException)
        {
            return null; // Its readings matter more than what they were taken with.
        }
    }

    /// <summary>Keeps it, durably.</summary>
    public void Write(string folder, SpoolKey key)
    {
        using (var file = File.OpenHandle(PathOf(folder, key), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, SpoolJson.Default.SessionAbout), 0);
            FileFlush.Flush(file);
        }

        DirectoryFlush.Flush(folder);
    }

    /// <summary>Removes what belongs to no session that still has readings.</summary>
    public static void Sweep(string folder, IEnumerable<SpoolKey> alive)
    {
        var kept = alive.Select(key => PathOf(folder, key)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Where(path => !kept.Contains(path)))
        {
            File.Delete(path);
        }
    }

    private static string PathOf(string folder, SpoolKey key) => Path.Combine(folder, $"{key.Truck.Value}~{key.Session.Value}{Extension}");
}

/// <summary>The JSON of the spool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionAbout))]
internal sealed partial class SpoolJson : JsonSerializerContext;
