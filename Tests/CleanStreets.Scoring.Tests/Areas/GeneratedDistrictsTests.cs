using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Areas;

public class GeneratedDistrictsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Districts_of_a_generated_city_hold_every_street_once_by_length(int seed)
    {
        var network = GeneratedCity.Create(seed);

        var districts = GeneratedDistricts.Of(network);

        districts.Select(district => district.Name).ShouldBe(["Northwest", "North side", "Northeast", "Southwest", "South side", "Southeast"]);
        var shares = new double[network.Segments.Count];
        foreach (var street in districts.SelectMany(district => AreaStreets.Of(network, district.Shape)))
        {
            shares[street.Segment.Index] += street.InsideShare;
        }

        shares.ShouldAllBe(share => Math.Abs(share - 1) < 1e-6);
        districts.ShouldAllBe(district => AreaStreets.Of(network, district.Shape).Count > 10);
    }
}
