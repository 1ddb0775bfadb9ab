using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>What takes the place of a message that would have been quarantined.</summary>
/// <param name="TopicId">The truck it counts for.</param>
/// <param name="Payload">The batch, with the <see cref="MendedHead"/> in front.</param>
/// <param name="Mappings">Ids of the mappings that mended it.</param>
/// <param name="SentAs">The truck that sent it, when it counts for another: it waits for its marks there.</param>
internal sealed record MendedMessage(byte[] TopicId, byte[] Payload, IReadOnlyList<string> Mappings, TruckId? SentAs);
