using CleanStreets.Contracts.Readings;
using Google.Protobuf;
using Twin = CleanStreets.Wire.V1;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>Google.Protobuf, generated from readings.proto, as the slow and obvious twin.</summary>
public sealed class ProtobufTwinTests
{
    [Fact]
    public void Google_reads_what_we_write()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new RandomReadings(seed);
            var (envelope, buffer) = (random.Envelope(), random.Buffer());
            var twin = Twin.ReadingBatch.Parser.ParseFrom(RoundTripTests.Encode(ReadingFormat.Protobuf, envelope, buffer));
            Equal(twin, envelope, buffer, $"seed {seed}");
        }
    }

    [Fact]
    public void We_read_what_Google_writes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new RandomReadings(seed);
            var (envelope, buffer) = (random.Envelope(), random.Buffer());
            var wire = Twin.ReadingBatch.Parser.ParseFrom(RoundTripTests.Encode(ReadingFormat.Protobuf, envelope, buffer)).ToByteArray();

            var decoded = new ReadingBuffer();
            new ReadingDecoder().Decode(wire, default, decoded, out var read).ShouldBe(QuarantineReason.None, $"seed {seed}");
            read.ShouldBe(envelope, $"seed {seed}");
            decoded.Count.ShouldBe(buffer.Count);
            Equal(Twin.ReadingBatch.Parser.ParseFrom(wire), read, decoded, $"seed {seed}");
        }
    }

    [Fact]
    public void What_we_accept_of_damaged_batches_Google_reads_the_same()
    {
        var decoder = new ReadingDecoder();
        var accepted = 0;
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new RandomReadings(seed);
            var wire = RoundTripTests.Encode(ReadingFormat.Protobuf, random.Envelope(), random.Buffer());
            for (var flips = random.Random.Next(1, 4); flips > 0; flips--)
            {
                wire[random.Random.Next(wire.Length)] ^= (byte)(1 << random.Random.Next(8));
            }

            var decoded = new ReadingBuffer();
            if (decoder.Decode(wire, default, decoded, out var envelope) == QuarantineReason.None && NoFaults(decoded) && wire[0] != '{')
            {
                accepted++;
                Equal(Twin.ReadingBatch.Parser.ParseFrom(wire), envelope, decoded, $"seed {seed}");
            }
        }

        accepted.ShouldBeGreaterThan(100);
    }

    private static bool NoFaults(ReadingBuffer buffer)
    {
        foreach (ref readonly var reading in buffer.Readings)
        {
            if (reading.Fault != QuarantineReason.None)
            {
                return false;
            }
        }

        return true;
    }

    private static void Equal(Twin.ReadingBatch twin, BatchEnvelope envelope, ReadingBuffer buffer, string because)
    {
        twin.TruckId.ShouldBe(envelope.TruckId.Value, because);
        twin.SessionId.ShouldBe(envelope.SessionId.Value, because);
        twin.FirstSequence.ShouldBe(envelope.FirstSequence, because);
        (twin.OldestSequence is >= 1 and <= ReadingLimits.MaxSequence ? twin.OldestSequence : 0).ShouldBe(envelope.OldestSequence, because);
        Text(twin.CameraId).ShouldBe(envelope.CameraId, because);
        Text(twin.ModelVersion).ShouldBe(envelope.ModelVersion, because);
        twin.Trial.ShouldBe(envelope.IsTrial, because);
        twin.Readings.Count.ShouldBe(buffer.Count, because);
        for (var i = 0; i < buffer.Count; i++)
        {
            Equal(twin.Readings[i], buffer, i, because);
        }
    }

    private static void Equal(Twin.Reading twin, ReadingBuffer buffer, int index, string because)
    {
        var reading = buffer.Readings[index];
        twin.CapturedAt.ShouldBe(reading.CapturedAtMs, because);
        twin.Latitude.ShouldBe(reading.LatitudeE7, because);
        twin.Longitude.ShouldBe(reading.LongitudeE7, because);
        (twin.HasAccuracyMetres ? twin.AccuracyMetres : float.NaN).ShouldBe(reading.AccuracyMetres, because);
        (twin.HasSpeedMetresPerSecond ? twin.SpeedMetresPerSecond : float.NaN).ShouldBe(reading.SpeedMetresPerSecond, because);
        (twin.HasCoverage ? twin.Coverage : 1).ShouldBe(reading.Coverage, because);
        (twin.HasVisibleLeftSquareMetres ? twin.VisibleLeftSquareMetres : float.NaN).ShouldBe(reading.VisibleLeftSquareMetres, because);
        (twin.HasVisibleRightSquareMetres ? twin.VisibleRightSquareMetres : float.NaN).ShouldBe(reading.VisibleRightSquareMetres, because);
        ((int)twin.Light is >= 0 and <= 4 ? (Light)(int)twin.Light : Light.Unknown).ShouldBe(reading.Light, because);
        twin.Detections.Select(Plain).ToArray().ShouldBe(buffer.DetectionsOf(in reading).ToArray(), because);
        var sensors = new Dictionary<string, double>();
        foreach (var sensor in buffer.SensorsOf(in reading))
        {
            sensors[sensor.Name] = sensor.Value;
        }

        twin.Sensors.OrderBy(s => s.Key, StringComparer.Ordinal).ShouldBe(sensors.OrderBy(s => s.Key, StringComparer.Ordinal), because);
    }

    private static Detection Plain(Twin.Detection twin) => new(
        twin.Kind,
        twin.HasCount ? (int)twin.Count : 1,
        twin.HasConfidence ? twin.Confidence : float.NaN,
        (int)twin.Side is 1 or 2 ? (Side)(int)twin.Side : Side.Unknown,
        twin.HasOffsetMetres ? twin.OffsetMetres : float.NaN,
        twin.TrackId,
        Text(twin.EvidenceId));

    /// <remarks>Google replaces what is not UTF-8; we count such a text as not sent.</remarks>
    private static string? Text(string text) => text.Length == 0 || text.Contains('\uFFFD', StringComparison.Ordinal) ? null : text;
}
