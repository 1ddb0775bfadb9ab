using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Spool;

/// <summary>What the spool's loop is asked to do: append a reading, or take a mark (then the sequence is the mark).</summary>
internal readonly record struct SpoolCommand(
    SpoolSession Session, FrameType Type, ReadingFormat Format, long Sequence, long CapturedAtMs, ReadOnlyMemory<byte> Encoded);
