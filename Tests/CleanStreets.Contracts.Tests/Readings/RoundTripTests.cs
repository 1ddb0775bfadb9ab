using System.Buffers;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData(ReadingFormat.Json)]
    [InlineData(ReadingFormat.Protobuf)]
    public void Batch_survives_the_wire_unchanged(ReadingFormat format)
    {
        var decoder = new ReadingDecoder();
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new RandomReadings(seed);
            var (envelope, buffer) = (random.Envelope(), random.Buffer());
            var wire = Encode(format, envelope, buffer);

            var decoded = new ReadingBuffer();
            decoder.Decode(wire, System.Text.Encoding.UTF8.GetBytes(ReadingEncoder.ContentType(format)), decoded, out var read)
                .ShouldBe(QuarantineReason.None, $"seed {seed}");

            read.ShouldBe(envelope, $"seed {seed}");
            decoded.ShouldHold(buffer, $"seed {seed}");
        }
    }

    [Fact]
    public void Decoder_appends_behind_what_the_buffer_already_holds()
    {
        var random = new RandomReadings(7);
        var (envelope, first, second) = (random.Envelope(), random.Buffer(), random.Buffer());
        var decoder = new ReadingDecoder();
        var into = new ReadingBuffer();

        decoder.Decode(Encode(ReadingFormat.Json, envelope, first), default, into, out _);
        decoder.Decode(Encode(ReadingFormat.Protobuf, envelope, second), default, into, out _);

        into.Count.ShouldBe(first.Count + second.Count);
        for (var i = 0; i < second.Count; i++)
        {
            into.DetectionsOf(in into.Readings[first.Count + i]).ToArray().ShouldBe(second.DetectionsOf(in second.Readings[i]).ToArray());
        }
    }

    [Fact]
    public void Protobuf_batch_never_begins_with_a_brace()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new RandomReadings(seed);
            Encode(ReadingFormat.Protobuf, random.Envelope(), random.Buffer())[0].ShouldNotBe((byte)'{');
        }
    }

    [Fact]
    public void Faulty_reading_keeps_its_place_on_the_wire()
    {
        var random = new RandomReadings(3);
        var buffer = new ReadingBuffer();
        buffer.Add(new Reading { CapturedAtMs = 0, LatitudeE7 = 0, LongitudeE7 = 0, Fault = QuarantineReason.WrongType });
        buffer.Add(new Reading { CapturedAtMs = 5, LatitudeE7 = 1, LongitudeE7 = 2 });
        foreach (var format in Enum.GetValues<ReadingFormat>())
        {
            var decoded = new ReadingBuffer();
            new ReadingDecoder().Decode(Encode(format, random.Envelope(), buffer), default, decoded, out _).ShouldBe(QuarantineReason.None);
            decoded.Count.ShouldBe(2);
            decoded.Readings[0].Fault.ShouldBe(QuarantineReason.CapturedAtMissing);
            decoded.Readings[1].Fault.ShouldBe(QuarantineReason.None);
        }
    }

    internal static byte[] Encode(ReadingFormat format, BatchEnvelope envelope, ReadingBuffer buffer)
    {
        var output = new ArrayBufferWriter<byte>();
        ReadingEncoder.WriteBatch(output, format, in envelope, buffer);
        return output.WrittenSpan.ToArray();
    }
}
