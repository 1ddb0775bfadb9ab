using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Spool;

/// <summary>One committed reading as it lies on the spool.</summary>
/// <param name="Sequence">Its sequence in its session.</param>
/// <param name="CapturedAtMs">Its time of capture.</param>
/// <param name="Format">The wire form of <paramref name="Encoded"/>.</param>
/// <param name="Encoded">The reading as <see cref="ReadingEncoder.WriteReading"/> wrote it.</param>
internal readonly record struct SpooledReading(long Sequence, long CapturedAtMs, ReadingFormat Format, ReadOnlyMemory<byte> Encoded);
