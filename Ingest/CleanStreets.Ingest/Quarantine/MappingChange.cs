using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A mapping that stands from now on, or no longer; the payload of its record in the journal.</summary>
/// <param name="Add">The mapping; null when one is removed.</param>
/// <param name="Remove">Which one stands no longer; null when one is added.</param>
internal sealed record MappingChange(QuarantineMapping? Add, MappingRemoval? Remove)
{
    /// <summary>The mapping it is about.</summary>
    [JsonIgnore]
    public string Id => Add?.Id ?? Remove!.Id;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, MappingJson.Default.MappingChange);

    /// <summary>The change a record holds; null when it holds none.</summary>
    public static MappingChange? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, MappingJson.Default.MappingChange) is { } change &&
                ((change.Add is null) != (change.Remove is null)) &&
                change.Add is null or { Id: not null, By: not null, Match.Reason: not null, Fix: not null } &&
                change.Remove is null or { Id: not null, By: not null }
                ? change
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A mapping stands no longer.</summary>
/// <param name="Id">The mapping.</param>
/// <param name="By">Who decided.</param>
/// <param name="AtMs">When, milliseconds since 1970 UTC.</param>
internal sealed record MappingRemoval(string Id, string By, long AtMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MappingChange))]
[JsonSerializable(typeof(QuarantineMapping))]
internal sealed partial class MappingJson : JsonSerializerContext;
