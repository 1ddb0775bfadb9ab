using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Simulate;

/// <summary>What the simulated city must remember from one start to the next.</summary>
/// <param name="NetworkVersion">The streets it is about.</param>
/// <param name="Seed">The seed it is about.</param>
/// <param name="BeganMs">When the city began.</param>
/// <param name="ThroughMs">No truck has a reading later than this: the next start begins behind it.</param>
/// <param name="Cleaned">What was cleaned when.</param>
internal sealed record WorldState(string NetworkVersion, int Seed, long BeganMs, long ThroughMs, IReadOnlyList<CleanedStreet> Cleaned)
{
    /// <summary>Reads the state; null when there is none.</summary>
    /// <exception cref="SimulateException">The file is there and is not one of ours.</exception>
    public static WorldState? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), WorldJson.Default.WorldState) : null;
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SimulateException($"{path} is not the simulator's state ({ex.Message}). Remove it to begin a new city.", ex);
        }
    }

    /// <summary>Writes the state whole: a crash leaves the old one or the new one.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, WorldJson.Default.WorldState);
            file.Flush();
            FileFlush.Flush(file.SafeFileHandle);
        }

        File.Move(fresh, path, overwrite: true);
    }
}

/// <summary>A segment and when a crew cleaned it.</summary>
/// <param name="SegmentId">The segment.</param>
/// <param name="AtMs">When.</param>
internal sealed record CleanedStreet(string SegmentId, long AtMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorldState))]
internal sealed partial class WorldJson : JsonSerializerContext;
