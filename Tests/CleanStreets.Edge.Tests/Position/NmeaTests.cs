using CleanStreets.Edge.Position;

namespace CleanStreets.Edge.Tests.Position;

public sealed class NmeaTests
{
    private readonly NmeaReader _reader = new();

    [Fact]
    public void Rmc_is_a_fix_with_time_speed_and_the_accuracy_of_the_gga_before_it()
    {
        _reader.Take(Nmea.Sentence("GNGGA,053811.25,3748.7407,N,12218.0741,W,1,08,0.8,10.0,M,0.0,M,,")).ShouldBeNull();
        var fix = _reader.Take(Nmea.Sentence("GNRMC,053811.25,A,3748.7407,S,12218.0741,E,10.0,87.0,261126,,,A")).ShouldNotBeNull();
        fix.HasPosition.ShouldBeTrue();
        fix.Latitude.ShouldBe(-37.812345, 1e-6);
        fix.Longitude.ShouldBe(122.301235, 1e-6);
        fix.SpeedMetresPerSecond.ShouldBe(5.144, 0.001);
        fix.HeadingDegrees.ShouldBe(87);
        fix.AccuracyMetres.ShouldBe(4, 1e-9);
        fix.GnssTime.ShouldBe(new DateTimeOffset(2026, 11, 26, 5, 38, 11, 250, TimeSpan.Zero));
        _reader.Bad.ShouldBe(0);
    }

    [Theory]
    [InlineData("GPRMC,053811.25,V,3748.7407,N,12218.0741,W,10.0,87.0,261126,,,N")]
    [InlineData("GPRMC,053811.25,A,3748.7407,N,12218.0741,W,10.0,87.0,261126,,,E")]
    [InlineData("GPRMC,053811.25,A,9948.7407,N,12218.0741,W,10.0,87.0,261126,,,A")]
    [InlineData("GPRMC,053811.25,A,3760.0000,N,12218.0741,W,10.0,87.0,261126,,,A")]
    [InlineData("GPRMC,053811.25,A,,,,,,,261126,,,A")]
    public void Void_reckoned_and_impossible_places_are_no_position(string body) =>
        _reader.Take(Nmea.Sentence(body)).ShouldNotBeNull().HasPosition.ShouldBeFalse();

    [Fact]
    public void Lines_with_a_wrong_checksum_or_cut_are_counted_and_make_nothing()
    {
        var good = Nmea.Sentence("GPRMC,053811.25,A,3748.7407,N,12218.0741,W,10.0,87.0,261126,,,A");
        for (var i = 1; i < good.Length; i++)
        {
            _reader.Take(good[..i]).ShouldBeNull();
            _reader.Take(good.Remove(i, 1).Insert(i, good[i] == '7' ? "6" : "7")).ShouldBeNull($"byte {i}");
        }

        _reader.Bad.ShouldBe(2 * (good.Length - 1));
        _reader.Take(good).ShouldNotBeNull();
    }

    [Fact]
    public void Receiver_that_sends_gga_alone_gives_places_without_a_date()
    {
        var fixes = Enumerable.Range(0, 5).Select(i => _reader.Take(Nmea.Sentence($"GPGGA,05381{i}.00,3748.7407,N,12218.0741,W,1,08,0.8,10.0,M,0.0,M,,"))).ToList();
        fixes.Take(2).ShouldAllBe(fix => fix == null);
        fixes.Skip(2).ShouldAllBe(fix => fix!.HasPosition && fix.GnssTime == null);
    }
}
