using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Tests.Capture;

public sealed class LightTests
{
    [Theory]
    [InlineData("2026-03-20T12:07:00Z", 51.4779, 0, 38.5)] // Equinox, noon in Greenwich: 90° less the latitude.
    [InlineData("2026-06-21T19:55:00Z", 34.05, -118.25, 79.4)] // Longest day, noon in Los Angeles.
    [InlineData("2026-06-21T07:55:00Z", 34.05, -118.25, -32.5)]
    [InlineData("2026-12-21T12:00:00Z", 52.37, 4.9, 14.1)]
    public void The_sun_stands_where_almanacs_say(string at, double latitude, double longitude, double degrees) =>
        SunElevation.Degrees(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), latitude, longitude).ShouldBe(degrees, 0.6);

    [Theory]
    [InlineData(120, 40.0, false, Light.Day)]
    [InlineData(120, 40.0, true, Light.Wet)]
    [InlineData(120, 0.0, false, Light.Dusk)]
    [InlineData(120, -20.0, false, Light.Night)] // Cameras brighten what is dark: the sun knows better.
    [InlineData(50, 40.0, false, Light.Dusk)] // A tunnel.
    [InlineData(20, 40.0, false, Light.Night)]
    [InlineData(120, null, false, Light.Day)]
    public void Light_is_the_darker_of_sun_and_picture(double median, double? sun, bool isWet, Light light) =>
        new LightMeter().Take(median, sun, isWet).ShouldBe(light);

    [Fact]
    public void Light_does_not_flicker_at_a_bound()
    {
        var meter = new LightMeter();
        var lights = Enumerable.Range(0, 100).Select(i => meter.Take(i % 2 == 0 ? 60 : 64, null, false)).ToList();
        lights.Zip(lights.Skip(1)).Count(pair => pair.First != pair.Second).ShouldBeLessThanOrEqualTo(1);
    }
}
