using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

/// <summary>Two streets side by side, both drawn eastwards, of a network that names no one-way streets.</summary>
public class CarriagewayTests
{
    private const string North = "north";
    private const string South = "south";

    [Theory]
    [InlineData(true, true, South)]
    [InlineData(false, true, North)]
    [InlineData(true, false, North)]
    [InlineData(false, false, South)]
    public void Truck_drives_the_carriageway_of_its_direction_though_its_fixes_lie_nearer_to_the_other(bool eastward, bool drivesOnRight, string expected)
    {
        foreach (var error in new[] { -9.0, 0, 9 })
        {
            Match(Pair(apart: 11), eastward, error, drivesOnRight).ShouldBe([expected], $"fixes {error} m beside the middle");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Streets_too_far_apart_for_carriageways_are_told_by_place_alone(bool eastward)
    {
        Match(Pair(apart: 24), eastward, besideMiddle: 6).ShouldBe([North]);
        Match(Pair(apart: 24), eastward, besideMiddle: -6).ShouldBe([South]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Network_that_names_one_way_streets_is_believed(bool eastward)
    {
        var network = Pair(11, TestStreets.OneWay("elsewhere", (0, 900), (300, 900)));

        Match(network, eastward, besideMiddle: 6).ShouldBe([North]);
        Match(network, eastward, besideMiddle: -6).ShouldBe([South]);
    }

    private static StreetNetwork Pair(double apart, params StreetDefinition[] more) => StreetNetwork.Create(
    [
        TestStreets.Street(North, (0, apart / 2), (300, apart / 2)), TestStreets.Street(South, (0, -apart / 2), (300, -apart / 2)), .. more,
    ]);

    private static List<string> Match(StreetNetwork network, bool eastward, double besideMiddle, bool drivesOnRight = true)
    {
        var matcher = new MapMatcher(network, new MatchingOptions { DrivesOnRight = drivesOnRight });
        var sink = new RecordingSink(network);
        for (var second = 0; second <= 30; second++)
        {
            var x = eastward ? second * 10 : 300 - (second * 10);
            matcher.Add(SimulatedDrive.StartMs + (second * 1000), TestStreets.Place(x, besideMiddle), double.NaN, double.NaN, double.NaN, ref sink);
        }

        matcher.Break(ref sink);
        return [.. sink.Path.Select(street => street[1..])];
    }
}
