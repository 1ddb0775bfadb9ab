using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Edge.Spool;

/// <summary>What is true of all readings of a session: it stands in each of its batches, also when they are sent after the box was changed.</summary>
/// <param name="DeviceId">The box.</param>
/// <param name="CameraId">The camera.</param>
/// <param name="ModelVersion">Version of the detection model.</param>
/// <param name="CalibrationId">The camera's calibration.</param>
/// <param name="Trial">The model is on trial beside the camera's own: its readings are compared and no evidence. Null, not false, when it is not.</param>
/// <param name="ClockAheadMs">How far the clock that stamped them was ahead of the satellites'; null: not, or nobody knows.</param>
/// <remarks>
/// Kept in a small sealed file beside the chunks, on disk before the session's first reading, removed at an opening that finds none of its readings. The file's name says neither truck
/// nor session. Files of before (<c>TRUCK~SESSION.about</c>, clear text) are read, and sealed then.
/// </remarks>
internal sealed record SessionAbout(string? DeviceId = null, string? CameraId = null, string? ModelVersion = null, string? CalibrationId = null, bool? Trial = null, long? ClockAheadMs = null)
{
    private const string Extension = ".about";

    /// <summary>What was kept of a session; null when nothing was, or the file is damaged or cannot be read.</summary>
    public static SessionAbout? Read(string folder, SpoolKey session, SealingKey key)
    {
        try
        {
            var path = PathOf(folder, session, key);
            if (File.Exists(path))
            {
                return SealedFile.Read(path, key) is { } content ? JsonSerializer.Deserialize(content, SpoolJson.Default.SessionAbout) : null;
            }

            var clear = Path.Combine(folder, $"{session.Truck.Value}~{session.Session.Value}{Extension}");
            if (!File.Exists(clear))
            {
                return null;
            }

            var about = JsonSerializer.Deserialize(File.ReadAllBytes(clear), SpoolJson.Default.SessionAbout);
            about?.Write(folder, session, key);
            return about;
        }
        catch (Exception ex) when (ex is JsonException or IOException)
        {
            return null; // Its readings matter more than what they were taken with.
        }
    }

    /// <summary>Keeps it, durably.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(string folder, SpoolKey session, SealingKey key) =>
        SealedFile.Write(PathOf(folder, session, key), key, JsonSerializer.SerializeToUtf8Bytes(this, SpoolJson.Default.SessionAbout));

    /// <summary>Removes what belongs to no session that still has readings.</summary>
    public static void Sweep(string folder, IEnumerable<SpoolKey> alive, SealingKey key)
    {
        var kept = alive.Select(session => PathOf(folder, session, key)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in In(folder).Where(path => !kept.Contains(path)))
        {
            File.Delete(path);
        }
    }

    /// <summary>All files of this kind.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder, "*" + Extension);

    private static string PathOf(string folder, SpoolKey session, SealingKey key) =>
        Path.Combine(folder, key.NameOf($"{session.Truck.Value}~{session.Session.Value}") + Extension);
}

/// <summary>The JSON of the spool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionAbout))]
internal sealed partial class SpoolJson : JsonSerializerContext;
