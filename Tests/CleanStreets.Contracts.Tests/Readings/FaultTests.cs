using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

public sealed class FaultTests
{
    private const string Good = """{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":37.8,"longitude":-122.3}""";

    [Theory]
    [InlineData("7", QuarantineReason.ReadingMalformed)]
    [InlineData("null", QuarantineReason.ReadingMalformed)]
    [InlineData("[{}]", QuarantineReason.ReadingMalformed)]
    [InlineData("{}", QuarantineReason.CapturedAtMissing)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z"}""", QuarantineReason.PositionMissing)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":null,"longitude":1}""", QuarantineReason.PositionMissing)]
    [InlineData("""{"capturedAt":1763789891250,"latitude":1,"longitude":1}""", QuarantineReason.WrongType)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250","latitude":1,"longitude":1}""", QuarantineReason.CapturedAtInvalid)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":90.0000001,"longitude":1}""", QuarantineReason.PositionOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1e999,"longitude":1}""", QuarantineReason.PositionOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":-99999999999999999999}""", QuarantineReason.PositionOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":"37.8","longitude":1}""", QuarantineReason.WrongType)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"coverage":1.01}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"headingDegrees":-1}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"speedMetresPerSecond":1e40}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"light":3}""", QuarantineReason.WrongType)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"visibleSquareMetres":5}""", QuarantineReason.WrongType)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"visibleSquareMetres":{"left":-1}}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":{}}""", QuarantineReason.WrongType)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[{"count":1}]}""", QuarantineReason.DetectionInvalid)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[5]}""", QuarantineReason.DetectionInvalid)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[{"kind":"pile","count":0}]}""", QuarantineReason.DetectionInvalid)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[{"kind":"pile","confidence":1.5}]}""", QuarantineReason.DetectionInvalid)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[{"kind":"pile","count":4000000000}]}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"detections":[{"kind":"pile","trackId":1e30}]}""", QuarantineReason.ValueOutOfRange)]
    [InlineData("""{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"sensors":{"a":"b"}}""", QuarantineReason.WrongType)]
    public void Bad_reading_is_named_and_its_neighbours_stand(string reading, QuarantineReason expected)
    {
        var buffer = new ReadingBuffer();
        Decode($$"""{"truckId":"t","readings":[{{Good}},{{reading}},{{Good}}],"firstSequence":9,"sessionId":"s"}""", buffer, out var envelope)
            .ShouldBe(QuarantineReason.None);

        envelope.FirstSequence.ShouldBe(9);
        buffer.Readings.ToArray().Select(r => r.Fault).ShouldBe([QuarantineReason.None, expected, QuarantineReason.None]);
        buffer.DetectionCount.ShouldBe(0);
        buffer.SensorCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("", QuarantineReason.Empty)]
    [InlineData("{", QuarantineReason.MalformedJson)]
    [InlineData("{}", QuarantineReason.TruckIdInvalid)]
    [InlineData("""{"truckId":"a/b"}""", QuarantineReason.TruckIdInvalid)]
    [InlineData("""{"truckId":5,"sessionId":"s"}""", QuarantineReason.TruckIdInvalid)]
    [InlineData("""{"truckId":"t"}""", QuarantineReason.SessionIdInvalid)]
    [InlineData("""{"truckId":"t","sessionId":"s"}""", QuarantineReason.FirstSequenceInvalid)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":0}""", QuarantineReason.FirstSequenceInvalid)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":99999999999999999999}""", QuarantineReason.FirstSequenceInvalid)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":1}""", QuarantineReason.ReadingsMissing)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":[]}""", QuarantineReason.ReadingsMissing)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":{}}""", QuarantineReason.ReadingsMissing)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":[{}]} x""", QuarantineReason.MalformedJson)]
    [InlineData("""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":[{}]""", QuarantineReason.MalformedJson)]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""", QuarantineReason.MalformedJson)]
    [InlineData("hello", QuarantineReason.MalformedProtobuf)]
    public void Bad_message_is_named_and_adds_nothing(string payload, QuarantineReason expected)
    {
        var buffer = new ReadingBuffer();
        buffer.Add(new Reading { CapturedAtMs = 1, LatitudeE7 = 2, LongitudeE7 = 3 });
        Decode(payload, buffer, out var envelope).ShouldBe(expected);
        buffer.Count.ShouldBe(1);
        envelope.ShouldBe(default);
    }

    [Fact]
    public void Content_type_must_agree_with_the_first_byte()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"truckId":"t","readings":[{{Good}}],"firstSequence":9,"sessionId":"s"}""");
        var decoder = new ReadingDecoder();
        decoder.Decode(json, "application/json"u8, new ReadingBuffer(), out _).ShouldBe(QuarantineReason.None);
        decoder.Decode(json, "Application/JSON; charset=utf-8"u8, new ReadingBuffer(), out _).ShouldBe(QuarantineReason.None);
        decoder.Decode(json, "application/x-protobuf"u8, new ReadingBuffer(), out _).ShouldBe(QuarantineReason.ContentTypeMismatch);
        decoder.Decode([0x0a, 0x01, (byte)'t'], "application/json"u8, new ReadingBuffer(), out _).ShouldBe(QuarantineReason.ContentTypeMismatch);
    }

    [Fact]
    public void Unreadable_optional_fields_of_the_envelope_count_as_not_sent()
    {
        var buffer = new ReadingBuffer();
        Decode($$"""{"truckId":"t","sessionId":"s","firstSequence":3.0,"sentAt":"soon","oldestSequence":-5,"cameraId":{"a":1},"modelVersion":null,"deviceId":"{{new string('x', 500)}}","readings":[{{Good}}]}""", buffer, out var envelope)
            .ShouldBe(QuarantineReason.None);
        envelope.ShouldBe(new BatchEnvelope { TruckId = TruckId.Parse("t"), SessionId = SessionId.Parse("s"), FirstSequence = 3 });
    }

    [Fact]
    public void Of_a_field_named_twice_the_last_counts()
    {
        var buffer = new ReadingBuffer();
        Decode($$"""{"truckId":"a","readings":[{{Good}},{{Good}}],"truckId":"b","sessionId":"s","firstSequence":1,"readings":[{{Good.Replace("37.8", "1.5,\"latitude\":2.5", StringComparison.Ordinal)}}]}""", buffer, out var envelope)
            .ShouldBe(QuarantineReason.None);
        envelope.TruckId.Value.ShouldBe("b");
        buffer.Count.ShouldBe(1);
        buffer.Readings[0].LatitudeE7.ShouldBe(25_000_000);
    }

    [Fact]
    public void Escaped_names_and_texts_are_understood()
    {
        var buffer = new ReadingBuffer();
        Decode("""{"truck\u0049d":"\u0074ruck","sessionId":"s","firstSequence":1,"readings":[{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":2,"\ud800":1,"detections":[{"kind":"\u00fcber\"","evidenceId":"\ud800"}]}]}""", buffer, out var envelope)
            .ShouldBe(QuarantineReason.None);
        envelope.TruckId.Value.ShouldBe("truck");
        buffer.DetectionsOf(in buffer.Readings[0])[0].Kind.ShouldBe("über\"");
    }

    [Fact]
    public void Batch_of_more_than_the_limit_is_refused_and_one_of_the_limit_is_not()
    {
        string Batch(int n) => $$"""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":[{{string.Join(',', Enumerable.Repeat("{}", n))}}]}""";
        Decode(Batch(ReadingLimits.MaxReadingsPerBatch), new ReadingBuffer(), out _).ShouldBe(QuarantineReason.None);
        Decode(Batch(ReadingLimits.MaxReadingsPerBatch + 1), new ReadingBuffer(), out _).ShouldBe(QuarantineReason.TooManyReadings);
        Decode("{" + new string(' ', ReadingLimits.MaxPayloadBytes), new ReadingBuffer(), out _).ShouldBe(QuarantineReason.Oversized);
    }

    [Fact]
    public void Heading_of_360_is_north()
    {
        var buffer = new ReadingBuffer();
        Decode("""{"truckId":"t","sessionId":"s","firstSequence":1,"readings":[{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":1,"longitude":1,"headingDegrees":360}]}""", buffer, out _);
        buffer.Readings[0].HeadingDegrees.ShouldBe(0);
    }

    [Fact]
    public void Protobuf_reading_of_a_wrong_wire_type_or_cut_short_keeps_its_place()
    {
        byte[] wrongType = [0x0d, 1, 2, 3, 4]; // captured_at as fixed32
        byte[] cut = [0x08]; // a varint that ends
        byte[] good = [0x08, 1, 0x10, 2, 0x18, 3];
        byte[] wire =
        [
            0x52, 6, .. good, 0x52, 5, .. wrongType, 0x52, 1, .. cut, 0x52, 6, .. good,
            0x0a, 1, (byte)'t', 0x12, 1, (byte)'s', 0x18, 1,
        ];
        var buffer = new ReadingBuffer();
        new ReadingDecoder().Decode(wire, default, buffer, out _).ShouldBe(QuarantineReason.None);
        buffer.Readings.ToArray().Select(r => r.Fault).ShouldBe(
            [QuarantineReason.None, QuarantineReason.WrongType, QuarantineReason.ReadingMalformed, QuarantineReason.None]);
    }

    [Fact]
    public void Every_reason_has_a_tag_of_its_own_and_a_sentence()
    {
        var reasons = Enum.GetValues<QuarantineReason>();
        foreach (var reason in reasons)
        {
            reason.Tag().ShouldMatch("^[a-z][a-z0-9_]*$");
            reason.Message().ShouldEndWith(".");
            reason.IsOfMessage().ShouldBe((int)reason is > 0 and < 64);
        }

        reasons.Select(r => r.Tag()).ShouldBeUnique();
        Should.Throw<ArgumentOutOfRangeException>(() => ((QuarantineReason)250).Tag());
    }

    private static QuarantineReason Decode(string payload, ReadingBuffer into, out BatchEnvelope envelope) =>
        new ReadingDecoder().Decode(Encoding.UTF8.GetBytes(payload), default, into, out envelope);
}
