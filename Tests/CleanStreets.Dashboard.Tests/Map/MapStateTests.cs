using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Tests.Support;

namespace CleanStreets.Dashboard.Tests.Map;

public sealed class MapStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void State_bytes_stand_as_documented()
    {
        var streets = new LiveBoard.Streets(Streets.Map(2));
        streets.Put(1, Streets.Score(1, Grade.C, DateTimeOffset.FromUnixTimeSeconds(0x01020304), pending: 1));
        streets.Mark(1, SegmentFlags.OpenOrder);

        Convert.ToHexString(MapStateCodec.Write(streets, 0x0A0B, DateTimeOffset.FromUnixTimeMilliseconds(0x0C0D))).ShouldBe(
            "43534D31" + "02000000" + "0B0A000000000000" + "0D0C000000000000" +
            "FF00" + "0000" + "0000" + "0000" + "00000000" +
            "030A" + "5E01" + "4001" + "8601" + "04030201");
    }

    [Fact]
    public void Not_seen_is_no_grade_even_when_it_was_seen_long_ago()
    {
        var faded = Streets.NotSeen(0, Now) with { NewestObservationAt = Now.AddDays(-90) };
        var code = SegmentCode.Of(faded, SegmentFlags.None);
        (code.Grade, code.Index100).ShouldBe((SegmentCode.NotSeen, (ushort)0));
        code.ObservedAtSeconds.ShouldBe((uint)Now.AddDays(-90).ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(1.0, 2.4, false)]
    [InlineData(1.0, 2.6, true)]
    public void Wide_interval_is_marked_as_low_confidence(double low, double high, bool marked) =>
        SegmentCode.Of(Streets.Score(0, Grade.A, Now) with { Low = low, High = high }, SegmentFlags.None)
            .Flags.HasFlag(SegmentFlags.LowConfidence).ShouldBe(marked);

    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 48)]
    [InlineData(7, 0)]
    public void Los_angeles_grade_travels_in_two_bits(int grade, byte bits)
    {
        var score = Streets.Score(0, Grade.A, Now) with { Views = new Dictionary<string, MethodView> { ["lasan-2016-q3"] = new(grade) } };
        ((byte)SegmentCode.Of(score, SegmentFlags.None).Flags).ShouldBe(bits);
    }

    [Fact]
    public async Task Streets_of_ingest_become_a_map_by_dense_index()
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Streets.GeoJson(4)));
        var map = await StreetGeoJson.ReadAsync(json, "v1", CancellationToken.None);
        map.Segments.Select(segment => segment.Id.Value).ShouldBe(["s-0", "s-1", "s-2", "s-3"]);
        map.Find("s-3")!.Geometry[0].ShouldBe(Streets.Line(3)[0]);
        map.Find("elsewhere").ShouldBeNull();
        map.Bounds.ShouldBe(new GeoBox(-122.30, 37.810, -122.2968, 37.812));
    }

    [Fact]
    public async Task Streets_that_are_not_dense_are_refused_with_a_sentence()
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Streets.GeoJson(3).Replace("\"segmentIndex\":2", "\"segmentIndex\":1", StringComparison.Ordinal)));
        (await Should.ThrowAsync<FormatException>(() => StreetGeoJson.ReadAsync(json, "v1", CancellationToken.None))).Message.ShouldContain("not dense");
    }
}
