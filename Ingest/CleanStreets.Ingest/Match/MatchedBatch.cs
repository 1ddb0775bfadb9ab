using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Match;

/// <summary>What Match made of a batch: passes that are complete, facts, and how far in the journal it has come.</summary>
internal sealed class MatchedBatch : ScoreWork
{
    public required BatchMarker Marker { get; init; }

    /// <summary>Made from the journal at start: scores are computed at its end, not after every batch.</summary>
    public required bool Replayed { get; init; }

    public required long ThroughPosition { get; init; }

    /// <summary>Another batch of the same commit follows.</summary>
    public bool HasFollower { get; init; }

    /// <summary>A snapshot to which Score adds its part behind this batch.</summary>
    public SnapshotTicket? Snapshot { get; init; }

    public List<MatchedObservation> Observations { get; } = [];

    public List<MatchedFact> Facts { get; } = [];
}

/// <summary>A pass with its place in the journal.</summary>
/// <param name="Observation">What the pass concluded.</param>
/// <param name="Truck">Who drove it.</param>
/// <param name="Position">Position of the record that completed it.</param>
/// <param name="Ordinal">How many passes that record had completed before it; with the position its lasting key.</param>
/// <param name="ReceivedAtMs">When that record was received, milliseconds since 1970 UTC.</param>
/// <param name="IsTrial">A detector on trial saw it, beside the one in use: it is no evidence.</param>
internal readonly record struct MatchedObservation(
    Observation Observation, TruckId Truck, long Position, int Ordinal, long ReceivedAtMs, bool IsTrial = false);

/// <summary>A fact with its place in the journal.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Position">Position of its record.</param>
/// <param name="ReceivedAtMs">When that was received, milliseconds since 1970 UTC.</param>
internal readonly record struct MatchedFact(Fact Fact, long Position, long ReceivedAtMs)
{
    /// <summary>When it was established, as far as it can be: not later than it came.</summary>
    public long AtMs => Math.Min(Fact.At.ToUnixTimeMilliseconds(), ReceivedAtMs);
}
