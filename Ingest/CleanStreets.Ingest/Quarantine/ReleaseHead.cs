using System.Text.Json.Serialization;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A decision about something quarantined. It stands at the head of the corrected batch, so that decision and effect are one record of the journal.</summary>
/// <remarks>To the decoder it is a field like any other that it does not know.</remarks>
/// <param name="DecisionId">The decision's own id.</param>
/// <param name="By">Who decided.</param>
/// <param name="AtMs">When, milliseconds since 1970 UTC.</param>
/// <param name="Position">The record that was quarantined, whole or in part.</param>
/// <param name="Sequences">Which of its readings; empty: the message as a whole.</param>
internal sealed record ReleaseHead(string DecisionId, string By, long AtMs, long Position, IReadOnlyList<long> Sequences)
{
    private const string Name = "release";

    /// <summary>Puts the decision in front of a batch in JSON.</summary>
    public byte[] PutBefore(ReadOnlySpan<byte> batch) =>
        PayloadHead.PutBefore(Name, this, ReleaseJson.Default.ReleaseHead, batch);

    /// <summary>The decision at the head of a released batch; null when there is none.</summary>
    public static ReleaseHead? Read(ReadOnlySpan<byte> payload) =>
        PayloadHead.Read(Name, payload, ReleaseJson.Default.ReleaseHead) is { DecisionId: not null, By: not null, Sequences: not null } head ? head : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReleaseHead))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
