using System.Text.Json.Serialization;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Which standing mappings mended a message; the first field of the batch that was journalled in its place.</summary>
/// <param name="Mappings">In the order in which they were applied.</param>
/// <param name="SentAs">Truck of the topic it came on, when it counts for another.</param>
internal sealed record MendedHead(IReadOnlyList<AppliedMapping> Mappings, string? SentAs)
{
    private const string Name = "mended";

    /// <summary>Puts it in front of a batch in JSON.</summary>
    public byte[] PutBefore(ReadOnlySpan<byte> batch) => PayloadHead.PutBefore(Name, this, MendedJson.Default.MendedHead, batch);

    /// <summary>What stands at the head of a mended batch; null when there is nothing.</summary>
    public static MendedHead? Read(ReadOnlySpan<byte> payload) =>
        PayloadHead.Read(Name, payload, MendedJson.Default.MendedHead) is { Mappings: not null } head && head.Mappings.All(mapping => mapping is { Id: not null }) ? head : null;
}

/// <summary>A mapping as it was when it was applied: what it changed can be told from the record alone.</summary>
/// <param name="Id">The mapping.</param>
/// <param name="Fix">What it changed.</param>
internal sealed record AppliedMapping(string Id, QuarantineFix Fix);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MendedHead))]
internal sealed partial class MendedJson : JsonSerializerContext;
