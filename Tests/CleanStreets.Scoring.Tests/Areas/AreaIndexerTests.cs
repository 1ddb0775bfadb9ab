using CleanStreets.Contracts.Facts;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Index.Tests;

namespace CleanStreets.Scoring.Tests.Areas;

public class AreaIndexerTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = From.AddDays(7);

    [Fact]
    public void Condition_now_of_a_street_is_the_maps_own_index()
    {
        var city = new SmallCity(1).Pass(0, "a", From, 12).Pass(0, "b", From.AddDays(2), 40);
        var asOf = From.AddDays(3);

        var area = Indexer().Now("all", city.Streets, city.Evidence, asOf);

        var map = new CrowMethod(new CrowOptions()).Score(city.Evidence(city.Network.Segments[0].Id)!, "v", asOf.ToUnixTimeMilliseconds());
        area.Index!.Value.Value.ShouldBe(map.Index!.Value, 0.0006);
        area.Question.ShouldBe(Question.Now);
        area.Trend.ShouldBeNull();
    }

    [Fact]
    public void Period_index_is_an_average_over_time_and_does_not_fade()
    {
        // Dirty on Monday, clean since Thursday: now it is clean, the week was both.
        var city = new SmallCity(1).Pass(0, "a", From.AddHours(1), 90).Pass(0, "a", From.AddDays(6.9), 0);

        var period = Indexer().Over("all", city.Streets, city.Evidence, From, To);
        var now = Indexer().Now("all", city.Streets, city.Evidence, To);

        period.Index!.Value.Value.ShouldBeInRange(2, 3); // About 7.5 pieces on 100 m².
        now.Index!.Value.Value.ShouldBeLessThan(period.Index.Value.Value);
        (period.Question, period.From, period.To).ShouldBe((Question.Period, From, To));
    }

    [Theory]
    [InlineData("lasan-2016-q3", "trucks only")]
    [InlineData("lasan-2016-q2", "trucks only")]
    [InlineData("crow-2", "streets and trucks")]
    [InlineData("kab-2", "streets and trucks")]
    [InlineData("acceptably-clean-2", "streets and trucks")]
    public void Interval_stays_within_the_scale_and_the_table_says_what_it_holds(string name, string holds)
    {
        var method = IndexMethods.Find(name)!;
        var city = new SmallCity(2).Pass(0, "a", From.AddDays(1), 18).Pass(1, "a", From.AddDays(1), 0);

        var area = new AreaIndexer(method).Over("all", city.Streets, city.Evidence, From, To);

        area.Index!.Value.Low.ShouldBeGreaterThanOrEqualTo(method.Range.Least);
        area.Index.Value.High.ShouldBeLessThanOrEqualTo(method.Range.Most);
        var table = new StringWriter();
        AreaTable.Write([area, area with { Index = null }], table);
        var lines = table.ToString().TrimEnd('\n').Split('\n');
        lines[0].ShouldEndWith(",intervalHolds");
        lines.Skip(1).Select(line => line.Split(',')[^1]).ShouldBe([holds, string.Empty]);
        Judged(method).ShouldBe(method.HasDeviations, "what it says of itself is what it does");

        // A street in doubt: between two grades.
        static bool Judged(IIndexMethod method)
        {
            var doubtful = new SmallCity(1).Pass(0, "a", From, 18);
            var sums = new ConditionReader(method.Beliefs, TimeSpan.FromDays(3.5)).Now(doubtful.Evidence(doubtful.Network.Segments[0].Id)!, From.AddHours(1).ToUnixTimeMilliseconds());
            return method.Judge(sums.Condition()).Deviation > 0;
        }
    }

    [Fact]
    public void Ten_passes_of_one_morning_weigh_no_more_than_that_morning()
    {
        var once = new SmallCity(1).Pass(0, "a", From.AddDays(1), 60).Pass(0, "a", From.AddDays(5), 0);
        var often = new SmallCity(1).Pass(0, "a", From.AddDays(5), 0);
        for (var i = 0; i < 10; i++)
        {
            often.Pass(0, "a", From.AddDays(1).AddMinutes(i), 60);
        }

        var (one, many) = (Indexer().Over("all", once.Streets, once.Evidence, From, To), Indexer().Over("all", often.Streets, often.Evidence, From, To));

        many.Index!.Value.Value.ShouldBe(one.Index!.Value.Value, 0.1);
    }

    [Fact]
    public void Time_that_no_pass_stands_for_is_told()
    {
        var city = new SmallCity(1).Pass(0, "a", From.AddDays(10), 3);

        var month = Indexer().Over("all", city.Streets, city.Evidence, From, From.AddDays(28));

        month.TimeCoverage.ShouldBe(0.25, 1e-9); // 3.5 days before and after.
    }

    [Fact]
    public void Acceptably_clean_is_the_mean_probability_and_no_count_of_means()
    {
        // On the edge of acceptable: thresholded means would say all or nothing.
        var city = new SmallCity(2).Pass(0, "a", From.AddDays(3), 62).Pass(1, "b", From.AddDays(3), 0);

        var area = new AreaIndexer(new AcceptablyCleanMethod()).Over("all", city.Streets, city.Evidence, From, To);

        area.Index!.Value.Value.ShouldBeInRange(0.6, 0.9);
        area.AcceptablyClean.ShouldBe(area.Index);
        area.Index.Value.High.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Unseen_streets_lower_the_coverage_and_not_the_index()
    {
        var city = new SmallCity(4).Pass(0, "a", From.AddDays(3), 30);

        var area = Indexer().Over("all", city.Streets, city.Evidence, From, To);

        area.Coverage.ShouldBe(0.25, 1e-9);
        (area.Streets, area.SeenStreets, area.Passes, area.Trucks).ShouldBe((4, 1, 1, 1));
        Indexer().Over("none", city.Streets, _ => null, From, To).Index.ShouldBeNull();
    }

    [Fact]
    public void Street_with_most_of_its_weight_from_one_truck_is_single_source()
    {
        var city = new SmallCity(2)
            .Pass(0, "a", From.AddDays(1), 3).Pass(0, "a", From.AddDays(3), 3).Pass(0, "b", From.AddDays(5), 3)
            .Pass(1, "a", From.AddDays(1), 3).Pass(1, "b", From.AddDays(3), 3).Pass(1, "c", From.AddDays(5), 3);

        var area = Indexer().Over("all", city.Streets, city.Evidence, From, To);

        area.SingleSource.ShouldBe([city.Network.Segments[0].Id]);
        area.SingleSourceShare.ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void Streets_seen_by_one_truck_do_not_make_the_area_sure()
    {
        double Width(int streets, Func<int, string> truck)
        {
            var city = new SmallCity(streets);
            for (var i = 0; i < streets; i++)
            {
                city.Pass(i, truck(i), From.AddDays(3), 30);
            }

            var index = Indexer().Over("all", city.Streets, city.Evidence, From, To).Index!.Value;
            return index.High - index.Low;
        }

        // Independent errors would make a hundred streets ten times as sure as one; a shared camera does not.
        Width(100, _ => "a").ShouldBeGreaterThan(0.45 * Width(1, _ => "a"));
        Width(100, i => $"t{i}").ShouldBeLessThan(0.35 * Width(100, _ => "a"));
    }

    [Fact]
    public void Interval_holds_when_every_truck_has_a_camera_of_its_own_kind()
    {
        var naive = new AreaIndexer(new CrowIndexMethod(), new AreaOptions { TruckDeviation = 0 });
        var (held, heldNaive, rounds) = (0, 0, 200);
        var random = new Random(42);
        for (var round = 0; round < rounds; round++)
        {
            var (city, truth) = Simulate(random);
            var index = Indexer().Over("all", city.Streets, city.Evidence, From, To).Index!.Value;
            var blind = naive.Over("all", city.Streets, city.Evidence, From, To).Index!.Value;
            held += truth >= index.Low && truth <= index.High ? 1 : 0;
            heldNaive += truth >= blind.Low && truth <= blind.High ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"90 % interval held {held} of {rounds} times; without the trucks' error {heldNaive}");
        ((double)held / rounds).ShouldBeInRange(0.84, 0.98);
        ((double)heldNaive / rounds).ShouldBeLessThan(0.75);
    }

    [Fact]
    public void Trend_is_surer_when_the_same_trucks_drove_both_times()
    {
        SmallCity City(string later)
        {
            var city = new SmallCity(30);
            for (var i = 0; i < 30; i++)
            {
                city.Pass(i, "a", From.AddDays(-3), 20).Pass(i, later, From.AddDays(3), 60);
            }

            return city;
        }

        double Width(SmallCity city) => Indexer().Over("all", city.Streets, city.Evidence, From, To).Trend is { } trend ? trend.High - trend.Low : double.NaN;

        Indexer().Over("all", City("a").Streets, City("a").Evidence, From, To).Trend!.Value.Low.ShouldBeGreaterThan(0);
        Width(City("a")).ShouldBeLessThan(0.6 * Width(City("b")));
    }

    [Fact]
    public void Leaving_a_truck_out_shows_the_one_that_moves_the_area()
    {
        var city = new SmallCity(3)
            .Pass(0, "honest", From.AddDays(1), 20).Pass(1, "honest", From.AddDays(2), 20)
            .Pass(0, "blind", From.AddDays(4), 0).Pass(1, "blind", From.AddDays(5), 0).Pass(2, "blind", From.AddDays(5), 0);

        var effects = Indexer().LeaveOneOut(city.Streets, city.Evidence, From, To);

        effects[0].Truck.Value.ShouldBe("blind");
        effects[0].Change!.Value.ShouldBeGreaterThan(0.5);
        effects[0].CoverageWithout.ShouldBe(2.0 / 3, 1e-6);
        effects[1].Change!.Value.ShouldBeLessThan(0);
    }

    [Fact]
    public void Verified_cleaning_parts_the_time_before_it_from_the_time_after()
    {
        var city = new SmallCity(1).Pass(0, "a", From.AddDays(1), 60).Pass(0, "a", From.AddDays(5), 0);
        var before = Indexer().Over("all", city.Streets, city.Evidence, From, To).Index!.Value.Value;
        var street = city.Network.Segments[0].Id;
        city.Evidence(street)!.Add(TestPasses.Fact(FactKind.CleaningVerified, From.AddDays(2)) with { SegmentId = street });

        Indexer().Over("all", city.Streets, city.Evidence, From, To).Index!.Value.Value.ShouldBeLessThan(before);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(18, true)]
    public void Grid_of_which_too_little_was_seen_is_incomplete_with_both_bounds(int seen, bool incomplete)
    {
        var city = new SmallCity(20);
        for (var i = 0; i < seen; i++)
        {
            city.Pass(i, $"t{i % 3}", From.AddDays(3), 0);
        }

        var grid = new AreaIndexer(new LasanMethod(LasanGridMethod.Q3Of2016)).Over("758", city.Streets, city.Evidence, From, To).Grid!.Value;

        grid.IsIncomplete.ShouldBe(incomplete);
        (grid.IfRestClean.Class, grid.IfRestDirty.Class).ShouldBe((1, 1));
    }

    private static AreaIndexer Indexer() => new(new CrowIndexMethod());

    /// <summary>Sixty streets of one rate, driven by four trucks of which each counts e^b times what lies there, b ~ Normal(0, 0.35²).</summary>
    private static (SmallCity City, double Truth) Simulate(Random random)
    {
        var rate = Math.Exp(random.NextDouble() * 2); // 1 to 7 pieces on 100 m².
        var city = new SmallCity(60);
        var factors = Enumerable.Range(0, 4).Select(_ => Math.Exp(0.35 * Normal(random))).ToArray();
        for (var i = 0; i < 60; i++)
        {
            var truck = i / 15;
            city.Pass(i, $"t{truck}", From.AddDays(2), Poisson(6 * rate * factors[truck], random));
            city.Pass(i, $"t{truck}", From.AddDays(5), Poisson(6 * rate * factors[truck], random));
        }

        return (city, new GradeScale(CrowOptions.DefaultCategories[0].Cuts).IndexOf(rate));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    private static int Poisson(double mean, Random random)
    {
        var (count, product, end) = (0, random.NextDouble(), Math.Exp(-mean));
        while (product > end)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
