using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Edge.Run;

/// <summary>Reads and checks the settings file.</summary>
internal static class EdgeSettingsFile
{
    /// <summary>Reads settings.</summary>
    /// <exception cref="SettingsException">The file cannot be read, says something unknown, or values cannot be; all faults are named at once.</exception>
    public static EdgeSettings Read(string path) => Checked(Parse(path), path);

    /// <summary>Reads settings without asking whether what they name is there.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or says something unknown.</exception>
    public static EdgeSettings Parse(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, EdgeSettingsJson.Default.EdgeSettings) ?? throw new SettingsException($"{path} holds no settings.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The settings {path} cannot be read: {ex.Message}", ex);
        }
        catch (JsonException ex)
        {
            throw new SettingsException($"The settings {path} are wrong{(ex.LineNumber is { } line ? $" at line {line + 1}" : "")}: {ex.Message.Split(" Path:")[0]}", ex);
        }
    }

    /// <summary>Settings of which every value can be.</summary>
    /// <exception cref="SettingsException">Some cannot; all faults are named at once.</exception>
    public static EdgeSettings Checked(EdgeSettings settings, string path)
    {
        var faults = SettingsCheck.Faults(settings);
        return faults.Count == 0 ? settings : throw new SettingsException($"The settings {path} are wrong: {string.Join("; ", faults)}.");
    }
}

/// <summary>The JSON of the settings file: camelCase, comments allowed, unknown names refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EdgeSettings))]
internal sealed partial class EdgeSettingsJson : JsonSerializerContext;
