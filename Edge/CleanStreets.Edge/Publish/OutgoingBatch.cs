using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>Readings that follow one another without a hole, ready to be sent.</summary>
/// <param name="Format">Their wire form.</param>
/// <param name="Readings">The readings.</param>
/// <param name="OldestSequence">What lies below is gone from the truck; 0 when nothing need be said.</param>
internal sealed record OutgoingBatch(ReadingFormat Format, IReadOnlyList<SpooledReading> Readings, long OldestSequence)
{
    public long FirstSequence => Readings[0].Sequence;

    public long LastSequence => Readings[^1].Sequence;
}
