namespace CleanStreets.Contracts.Evidence;

/// <summary>The city's word to a truck on <see cref="Topics.EvidenceAcks"/>: what it need not send again. Not retained: a truck that missed it sends once more and is answered again.</summary>
/// <param name="Stored">Pictures that are on the city's disk.</param>
/// <param name="Refused">Pictures that the city will never take.</param>
public sealed record EvidenceAnswer(IReadOnlyList<string>? Stored = null, IReadOnlyList<RefusedEvidence>? Refused = null);

/// <summary>A picture that the city will never take.</summary>
/// <param name="EvidenceId">The picture.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RefusedEvidence(string EvidenceId, string Reason);
