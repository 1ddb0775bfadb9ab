using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Tests.Areas;
using CleanStreets.Testing;
using MyCity;

namespace CleanStreets.Scoring.Index.Tests;

public class IndexMethodTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_citys_own_method_is_one_file_and_the_README_shows_that_very_file()
    {
        var file = File.ReadAllText(RepositoryRoot.Combine("Tests/CleanStreets.Scoring.Tests/Index/Methods/LeamsMethod.cs"));
        var readme = File.ReadAllText(RepositoryRoot.Combine("Scoring/CleanStreets.Scoring/Index/Methods/README.md"));

        readme.ShouldContain("```csharp\n" + file + "```");
        Index(new LeamsMethod(), 0).ShouldBeGreaterThan(90);
        Index(new LeamsMethod(), 36).ShouldBe(67, 10); // 6 pieces on 100 m²: all B.
        Index(new LeamsMethod(), 3000).ShouldBeLessThan(5);
    }

    [Theory]
    [InlineData(0, 1, 1.4)]
    [InlineData(10, 1.8, 2.3)]
    [InlineData(60, 2.8, 3.2)]
    [InlineData(3000, 3.9, 4)]
    public void Kab_goes_from_no_litter_to_extremely_littered(int litter, double low, double high) =>
        Index(new KabMethod(), litter).ShouldBeInRange(low, high);

    [Theory]
    [InlineData(0, 0.97, 1)]
    [InlineData(3000, 0, 0.01)]
    public void Acceptably_clean_goes_from_all_to_none(int litter, double low, double high) =>
        Index(new AcceptablyCleanMethod(), litter).ShouldBeInRange(low, high);

    [Fact]
    public void Other_settings_have_another_name() =>
        new AcceptablyCleanMethod(2).Name.ShouldNotBe(new AcceptablyCleanMethod().Name);

    [Fact]
    public void Every_method_has_a_name_with_a_version_of_its_own_and_says_which_end_is_clean()
    {
        IndexMethods.All.Select(method => method.Name).ShouldBe(["crow-2", "acceptably-clean-2", "kab-2", "crow-1", "acceptably-clean-1", "kab-1", "lasan-2016-q3", "lasan-2016-q2"]);
        IndexMethods.All.ShouldAllBe(method => method.Scale.Length > 0);
        IndexMethods.Find("kab")!.Name.ShouldBe("kab-2");
        IndexMethods.Find("lasan").ShouldBeNull();
    }

    [Theory]
    [InlineData("lasan-2016-q3", 13, 1)]
    [InlineData("lasan-2016-q3", 14, 3)]
    [InlineData("lasan-2016-q2", 14, 1)]
    [InlineData("lasan-2016-q2", 15, 3)]
    public void Quarters_of_Los_Angeles_differ_in_how_their_triggers_compare(string method, int bulky, int expected) =>
        LasanGridMethod.Find(method)!.Grade(new GridCounts(0, bulky, 0, bulky)).Class.ShouldBe(expected);

    private static double Index(IIndexMethod method, int litter)
    {
        var city = new SmallCity(3);
        for (var i = 0; i < 3; i++)
        {
            city.Pass(i, $"t{i}", From.AddDays(1), litter).Pass(i, $"t{i}", From.AddDays(4), litter);
        }

        return new AreaIndexer(method).Over("all", city.Streets, city.Evidence, From, From.AddDays(7)).Index!.Value.Value;
    }
}
