using System.Buffers;
using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>The wire as the first trucks speak it. These bytes never change: a truck of last year must stay readable.</summary>
public sealed class PinnedBytesTests
{
    private const string DesignJson =
        """
        {"truckId":"truck-017","sessionId":"b7-0042","firstSequence":18234,"oldestSequence":17001,"sentAt":"2026-11-22T05:38:12.900Z",
         "deviceId":"box-8831","cameraId":"curb-right","modelVersion":"litter-7.2","calibrationId":"c-19",
         "readings":[{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":37.8123456,"longitude":-122.3012345,
                      "accuracyMetres":4.2,"headingDegrees":87.0,"speedMetresPerSecond":5.4,"coverage":0.8,"light":"day",
                      "visibleSquareMetres":{"left":12.0,"right":64.0},
                      "detections":[{"kind":"loose_litter","count":3,"confidence":0.82,"side":"right"},
                                    {"kind":"bulky_item","count":1,"confidence":0.91,"side":"right","offsetMetres":6.5,"trackId":71,"evidenceId":"e-55"}],
                      "sensors":{"pm10_ug_m3":41.2}}]}
        """;

    private const string PinnedJson =
        """{"truckId":"truck-017","sessionId":"b7-0042","firstSequence":18234,"oldestSequence":17001,"sentAt":"2026-11-22T05:38:12.900Z","deviceId":"box-8831","cameraId":"curb-right","modelVersion":"litter-7.2","calibrationId":"c-19","readings":[{"capturedAt":"2026-11-22T05:38:11.250Z","latitude":37.8123456,"longitude":-122.3012345,"accuracyMetres":4.2,"headingDegrees":87,"speedMetresPerSecond":5.4,"coverage":0.8,"light":"day","visibleSquareMetres":{"left":12,"right":64},"detections":[{"kind":"loose_litter","count":3,"confidence":0.82,"side":"right"},{"kind":"bulky_item","count":1,"confidence":0.91,"side":"right","offsetMetres":6.5,"trackId":71,"evidenceId":"e-55"}],"sensors":{"pm10_ug_m3":41.2}}]}""";

    private const string PinnedProtobuf =
        "0a09747275636b2d303137120762372d3030343218ba8e0120e9840128a4b28c8ea0343208626f782d383833313a0a637572622d7269676874420a6c"
        + "69747465722d372e324a04632d313952870108b2a58c8ea0341080d3cde80218f1bfad8e0925666686402d0000ae4235cdccac403dcdcc4c3f40014d"
        + "0000404155000080425a170a0c6c6f6f73655f6c697474657210031d85eb513f20025a220a0a62756c6b795f6974656d10011dc3f5683f20022d0000"
        + "d04030473a04652d353562150a0a706d31305f75675f6d33119a99999999994440";

    [Fact]
    public void Json_example_of_the_design_is_understood_field_by_field()
    {
        var buffer = new ReadingBuffer();
        new ReadingDecoder().Decode(Encoding.UTF8.GetBytes(DesignJson), "application/json"u8, buffer, out var envelope).ShouldBe(QuarantineReason.None);

        envelope.ShouldBe(ExampleEnvelope);
        buffer.ShouldHold(ExampleBuffer(), "the example of the design");
    }

    [Fact]
    public void Json_form_keeps_its_bytes() =>
        Encoding.UTF8.GetString(RoundTripTests.Encode(ReadingFormat.Json, ExampleEnvelope, ExampleBuffer())).ShouldBe(PinnedJson);

    [Fact]
    public void Protobuf_form_keeps_its_bytes() =>
        Convert.ToHexStringLower(RoundTripTests.Encode(ReadingFormat.Protobuf, ExampleEnvelope, ExampleBuffer())).ShouldBe(PinnedProtobuf);

    [Fact]
    public void Pinned_protobuf_bytes_are_understood_field_by_field()
    {
        var buffer = new ReadingBuffer();
        new ReadingDecoder().Decode(Convert.FromHexString(PinnedProtobuf), "application/x-protobuf"u8, buffer, out var envelope).ShouldBe(QuarantineReason.None);

        envelope.ShouldBe(ExampleEnvelope);
        buffer.ShouldHold(ExampleBuffer(), "the example of the design");
    }

    [Fact]
    public void Batch_of_a_trial_says_so_in_both_forms_and_nothing_else_changes()
    {
        var trial = ExampleEnvelope with { IsTrial = true };
        Encoding.UTF8.GetString(RoundTripTests.Encode(ReadingFormat.Json, trial, ExampleBuffer()))
            .ShouldBe(PinnedJson.Replace("\"calibrationId\":\"c-19\",", "\"calibrationId\":\"c-19\",\"trial\":true,", StringComparison.Ordinal));
        Convert.ToHexStringLower(RoundTripTests.Encode(ReadingFormat.Protobuf, trial, ExampleBuffer()))
            .ShouldBe(PinnedProtobuf.Replace("4a04632d3139", "4a04632d31395801", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("\"true\"", false)]
    [InlineData("{\"a\":[1]}", false)]
    public void Only_a_true_makes_a_trial(string value, bool isTrial)
    {
        var buffer = new ReadingBuffer();
        var json = DesignJson.Replace("\"calibrationId\":\"c-19\",", $"\"calibrationId\":\"c-19\",\"trial\":{value},", StringComparison.Ordinal);
        new ReadingDecoder().Decode(Encoding.UTF8.GetBytes(json), "application/json"u8, buffer, out var envelope).ShouldBe(QuarantineReason.None);

        envelope.ShouldBe(ExampleEnvelope with { IsTrial = isTrial });
        buffer.ShouldHold(ExampleBuffer(), value);
    }

    [Fact]
    public void Spliced_readings_make_the_same_batch_as_a_buffer()
    {
        var buffer = ExampleBuffer();
        foreach (var format in Enum.GetValues<ReadingFormat>())
        {
            var one = new ArrayBufferWriter<byte>();
            ReadingEncoder.WriteReading(one, format, in buffer.Readings[0], buffer.DetectionsOf(in buffer.Readings[0]), buffer.SensorsOf(in buffer.Readings[0]));
            var batch = new ArrayBufferWriter<byte>();
            ReadingEncoder.WriteBatch(batch, format, ExampleEnvelope, [one.WrittenMemory]);
            batch.WrittenSpan.ToArray().ShouldBe(RoundTripTests.Encode(format, ExampleEnvelope, buffer));
        }
    }

    private static BatchEnvelope ExampleEnvelope => new()
    {
        TruckId = TruckId.Parse("truck-017"),
        SessionId = SessionId.Parse("b7-0042"),
        FirstSequence = 18234,
        OldestSequence = 17001,
        SentAtMs = DateTimeOffset.Parse("2026-11-22T05:38:12.900Z").ToUnixTimeMilliseconds(),
        DeviceId = "box-8831",
        CameraId = "curb-right",
        ModelVersion = "litter-7.2",
        CalibrationId = "c-19",
    };

    private static ReadingBuffer ExampleBuffer()
    {
        var buffer = new ReadingBuffer();
        buffer.Add(
            new Reading
            {
                CapturedAtMs = DateTimeOffset.Parse("2026-11-22T05:38:11.250Z").ToUnixTimeMilliseconds(),
                LatitudeE7 = 378123456,
                LongitudeE7 = -1223012345,
                AccuracyMetres = 4.2f,
                HeadingDegrees = 87,
                SpeedMetresPerSecond = 5.4f,
                Coverage = 0.8f,
                Light = Light.Day,
                VisibleLeftSquareMetres = 12,
                VisibleRightSquareMetres = 64,
            },
            [
                new Detection("loose_litter", 3, 0.82f, Side.Right),
                new Detection("bulky_item", 1, 0.91f, Side.Right, 6.5f, 71, "e-55"),
            ],
            [new SensorValue("pm10_ug_m3", 41.2)]);
        return buffer;
    }
}
