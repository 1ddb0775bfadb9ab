using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets;

public class GeneratedCityTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void City_of_any_seed_is_of_a_good_size_and_can_be_driven_everywhere(int seed)
    {
        var city = GeneratedCity.Create(seed);
        var report = StreetCheck.Run(city);

        city.Segments.Count.ShouldBeInRange(300, 450);
        report.Pieces.Count.ShouldBe(1);
        report.Core.Count.ShouldBe(city.Segments.Count);
        report.SameGeometry.ShouldBeEmpty();
        report.ZeroLength.ShouldBeEmpty();
    }

    [Fact]
    public void City_of_one_seed_is_always_the_same_and_of_another_is_another()
    {
        GeneratedCity.Create(7).Version.ShouldBe(GeneratedCity.Create(7).Version);
        GeneratedCity.Create(7).Version.ShouldNotBe(GeneratedCity.Create(8).Version);
    }

    [Fact]
    public void City_looks_like_a_city_and_not_like_a_grid()
    {
        var city = GeneratedCity.Create(1);

        city.Segments.ShouldAllBe(segment => !string.IsNullOrEmpty(segment.Name));
        city.Segments.Select(segment => segment.Name).Distinct().Count().ShouldBeGreaterThan(30);
        city.Segments.Count(segment => segment.OneWay).ShouldBeInRange(15, 150);
        city.Segments.Count(segment => segment.Geometry.Count > 2).ShouldBeGreaterThan(200);
        var lengths = city.Segments.Select(segment => segment.LengthMetres).Order().ToArray();
        (lengths[^10] / lengths[10]).ShouldBeGreaterThan(2);
    }
}
