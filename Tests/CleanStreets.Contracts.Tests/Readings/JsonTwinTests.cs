using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>The DOM of System.Text.Json as the slow and obvious twin.</summary>
public sealed class JsonTwinTests
{
    [Fact]
    public void Dom_reads_what_we_write_and_we_read_what_the_dom_writes_in_any_order()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new RandomReadings(seed);
            var (envelope, buffer) = (random.Envelope(), random.Buffer());
            var dom = JsonNode.Parse(RoundTripTests.Encode(ReadingFormat.Json, envelope, buffer))!.AsObject();
            Equal(dom, buffer, $"seed {seed}");

            var shuffled = Encoding.UTF8.GetBytes(Shuffled(dom, random.Random).ToJsonString(new JsonSerializerOptions { WriteIndented = seed % 2 == 0 }));
            var decoded = new ReadingBuffer();
            new ReadingDecoder().Decode(shuffled, default, decoded, out var read).ShouldBe(QuarantineReason.None, $"seed {seed}");
            read.ShouldBe(envelope, $"seed {seed}");
            decoded.ShouldHoldInAnySensorOrder(buffer, $"seed {seed}");
        }
    }

    [Fact]
    public void Numbers_are_read_exactly_as_the_framework_reads_them()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var text = random.Next(6) switch
            {
                0 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
                1 => (random.NextDouble() * 360).ToString("F7", CultureInfo.InvariantCulture),
                2 => random.NextInt64(-1_000_000_000_000_000_000, 1_000_000_000_000_000_000).ToString(CultureInfo.InvariantCulture),
                3 => (random.NextDouble() * 1e300).ToString("E5", CultureInfo.InvariantCulture),
                4 => "-" + random.Next(1000).ToString(CultureInfo.InvariantCulture) + "." + random.Next(100000).ToString("D9", CultureInfo.InvariantCulture),
                _ => random.Next(-180, 180).ToString(CultureInfo.InvariantCulture),
            };
            var bytes = Encoding.ASCII.GetBytes(text);
            var expected = double.Parse(text, CultureInfo.InvariantCulture);
            JsonNumber.ToDouble(bytes).ShouldBe(expected, text);
            if (Math.Abs(expected) <= 180)
            {
                JsonNumber.ToE7(bytes).ShouldBe((long)Math.Round(expected * 1e7), text);
            }
        }
    }

    [Theory]
    [InlineData("2026-11-22T05:38:11.250Z")]
    [InlineData("2026-11-22T05:38:11Z")]
    [InlineData("2024-02-29T23:59:59.999999999+05:30")]
    [InlineData("1970-01-01T00:00:00-00:30")]
    [InlineData("9999-12-31T23:59:59.999Z")]
    [InlineData("2100-03-01T00:00:00.5+14:00")]
    public void Times_are_read_as_the_framework_reads_them(string text)
    {
        IsoTime.TryParse(Encoding.ASCII.GetBytes(text), out var ms).ShouldBeTrue();
        var cut = text.Length > 28 ? text[..23] + text[^6..] : text;
        ms.ShouldBe(DateTimeOffset.Parse(cut, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("2026-11-22T05:38:11.250")] // no zone
    [InlineData("2026-11-22 05:38")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T05:38:11.Z")]
    [InlineData("2026-11-22T05:38:11+0100")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void Times_without_zone_or_sense_are_refused(string text) =>
        IsoTime.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Every_day_of_the_calendar_is_placed_right()
    {
        for (var day = DateTime.UnixEpoch; day.Year < 2110; day = day.AddDays(1))
        {
            IsoTime.TryParse(Encoding.ASCII.GetBytes(day.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)), out var ms).ShouldBeTrue();
            ms.ShouldBe(new DateTimeOffset(day).ToUnixTimeMilliseconds());
        }
    }

    private static JsonNode Shuffled(JsonNode node, Random random)
    {
        if (node is JsonArray list)
        {
            return new JsonArray([.. list.Select(n => Shuffled(n!, random))]);
        }

        if (node is not JsonObject map)
        {
            return node.DeepClone();
        }

        var fields = map.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, Shuffled(f.Value!, random))).ToArray();
        random.Shuffle(fields);
        var result = new JsonObject(fields);
        if (map.ContainsKey("capturedAt") || map.ContainsKey("truckId") || map.ContainsKey("kind"))
        {
            result.Insert(random.Next(fields.Length), "unknownField", JsonNode.Parse("""{"a":[1,{"b":null}],"kind":7}"""));
        }

        return result;
    }

    private static void Equal(JsonObject dom, ReadingBuffer buffer, string because)
    {
        var readings = dom["readings"]!.AsArray();
        readings.Count.ShouldBe(buffer.Count, because);
        for (var i = 0; i < buffer.Count; i++)
        {
            var (twin, reading) = (readings[i]!.AsObject(), buffer.Readings[i]);
            twin["capturedAt"]!.GetValue<DateTimeOffset>().ToUnixTimeMilliseconds().ShouldBe(reading.CapturedAtMs, because);
            ((long)Math.Round(twin["latitude"]!.GetValue<double>() * 1e7)).ShouldBe(reading.LatitudeE7, because);
            ((long)Math.Round(twin["longitude"]!.GetValue<double>() * 1e7)).ShouldBe(reading.LongitudeE7, because);
            (twin["coverage"]?.GetValue<float>() ?? 1).ShouldBe(reading.Coverage, because);
            (twin["headingDegrees"]?.GetValue<float>() ?? float.NaN).ShouldBe(reading.HeadingDegrees, because);
            (twin["visibleSquareMetres"]?["left"]?.GetValue<float>() ?? float.NaN).ShouldBe(reading.VisibleLeftSquareMetres, because);
            (twin["detections"]?.AsArray().Count ?? 0).ShouldBe(reading.DetectionCount, because);
            for (var d = 0; d < reading.DetectionCount; d++)
            {
                var detection = buffer.DetectionsOf(in reading)[d];
                var other = twin["detections"]![d]!;
                other["kind"]!.GetValue<string>().ShouldBe(detection.Kind, because);
                other["count"]!.GetValue<int>().ShouldBe(detection.Count, because);
                (other["confidence"]?.GetValue<float>() ?? float.NaN).ShouldBe(detection.Confidence, because);
                other["evidenceId"]?.GetValue<string>().ShouldBe(detection.EvidenceId, because);
            }
        }
    }
}
