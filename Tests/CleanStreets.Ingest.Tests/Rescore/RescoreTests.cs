using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Verbs;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>What another method or setting would change, asked of a real journal while ingest runs.</summary>
public sealed class RescoreTests(RescoreCity city) : IClassFixture<RescoreCity>, IDisposable
{
    private readonly IngestBench _bench = city.Bench;
    private readonly TemporaryFolder _folder = new();

    private Rescorer Rescorer => city.Rescorer;

    [Fact]
    public async Task Same_method_and_settings_change_nothing_and_give_the_live_scores_to_the_last_bit()
    {
        var live = await _bench.ScoresAsync();
        live.Count(score => score.State == ScoreState.Seen).ShouldBeGreaterThan(20);
        var before = Contents();

        var result = Run("crow-2");

        result.Span.From.ShouldBe(0);
        result.BookBefore.Facts.ShouldBe(1);
        result.Count(StreetChange.None).ShouldBe(_bench.Network.Segments.Count);
        Rescorer.Unlike(result, live).ShouldBeEmpty();
        foreach (var row in result.Rows.Where(row => row.Before.Score is not null))
        {
            // The running ingest, asked for the same moment.
            var explained = await _bench.GetAsync(
                $"{Contracts.ReadApi.ReadApiPaths.Explain}?asOf={DateTimeOffset.FromUnixTimeMilliseconds(result.AsOfMs).UtcDateTime:O}", row.Segment.Id);
            StreetScore.Written(JsonSerializer.Deserialize(explained, ContractJson.Default.ScoreExplanation)!.Score).ShouldBe(StreetScore.Written(row.After.Score!));
        }

        Contents().ShouldBe(before, "nothing in ingest's folder was written");
    }

    [Fact]
    public async Task Explanation_of_any_moment_sums_to_its_number_and_knows_what_arrived_when()
    {
        var score = (await _bench.ScoresAsync()).Where(score => score.State == ScoreState.Seen).MaxBy(score => score.SampleSize)!;
        var moment = score.AsOf.AddSeconds(-1);

        var text = await _bench.GetAsync($"{Contracts.ReadApi.ReadApiPaths.Explain}?asOf={moment.UtcDateTime:O}", score.SegmentId);

        var explained = JsonSerializer.Deserialize(text, ContractJson.Default.ScoreExplanation)!;
        explained.Score.AsOf.ShouldBe(moment, TimeSpan.FromMilliseconds(1));
        explained.Passes.ShouldAllBe(pass => pass.EnteredAt <= moment);
        var arithmetic = explained.Arithmetic!;
        arithmetic.Passes.ShouldAllBe(pass => pass.EnteredAt <= moment && pass.ArrivedAt > pass.LeftAt);
        foreach (var category in arithmetic.Categories)
        {
            var pieces = arithmetic.Passes.Select(pass => pass.Shares.Single(share => share.Category == category.Category)).Sum(share => share.Weight * share.Pieces);
            pieces.ShouldBe(category.Pieces, 1e-9 * (1 + category.Pieces));
        }

        // The drive of this city was eight hours ago and arrived just now.
        explained.ArrivedLater!.Passes.ShouldBe(arithmetic.Passes.Count(pass => pass.ArrivedLater));
        explained.ArrivedLater.State.ShouldBe(ScoreState.NotSeen);
    }

    [Fact]
    public void A_setting_that_makes_streets_dirtier_is_told_as_such_street_by_street()
    {
        var result = Run("crow-2", "crow.litter.Cuts=0.1,0.2,0.4,0.8");

        result.After.Name.ShouldBe("crow-2 (crow.litter.Cuts=0.1,0.2,0.4,0.8)");
        result.Count(StreetChange.Dirtier).ShouldBeGreaterThan(5);
        result.Count(StreetChange.Cleaner).ShouldBe(0);
        var options = CrowOptions.Crow2;
        options.Categories = [.. CrowOptions.DefaultCategories.Select(category => category.Name == "litter" ? category with { Cuts = [0.1, 0.2, 0.4, 0.8] } : category)];
        var twin = new CrowMethod(options);
        foreach (var row in result.Rows.Where(row => row.After.IsSeen))
        {
            var score = twin.Score(result.BookAfter[row.Segment.Index]!, _bench.Network.Version, result.AsOfMs);
            row.After.Number.ShouldBe(score.Index);
            (row.Change == StreetChange.Dirtier).ShouldBe(score.Grade > row.Before.Score!.Grade);
        }

        result.Largest.Select(row => row.Distance).ShouldBeInOrder(SortDirection.Descending);
        CrowOptions.DefaultCategories[0].Cuts.ShouldBe([0.5, 3, 10, 25], "the live settings are as they were");
    }

    [Fact]
    public void A_setting_of_the_passes_matches_and_observes_them_anew()
    {
        var result = Run("crow-2", "observing.recall=0.425");

        // Half the recall is half the exposure: the same pieces on half the street.
        result.BookAfter.ShouldNotBe(result.BookBefore);
        result.BookAfter.Passes.ShouldBe(result.BookBefore.Passes);
        result.Rows.Where(row => row.Before.IsSeen && row.After.IsSeen).ShouldAllBe(row => row.After.Number >= row.Before.Number);
        result.Rows.ShouldContain(row => row.Change == StreetChange.Dirtier);
        Run("crow-2", "observing.MinimumCoverage=1").BookAfter.Passes.ShouldBeLessThan(result.BookBefore.Passes);
        Run("crow-2", "matching.MinimumPassMetres=200").BookAfter.Passes.ShouldBeLessThan(result.BookBefore.Passes);
    }

    [Theory]
    [InlineData("lasan-2016-q3")]
    [InlineData("lasan-2016-q2")]
    [InlineData("acceptably-clean-1")]
    [InlineData("kab-1")]
    public void Another_method_is_compared_by_what_is_acceptable_and_with_itself_by_class(string method)
    {
        var result = Run(method);

        result.Scale.IsOne.ShouldBeFalse();
        result.Rows.ShouldAllBe(row => row.Before.IsSeen == row.After.IsSeen, "every method has the map's rule for seen");
        foreach (var row in result.Rows.Where(row => row.Before.IsSeen))
        {
            var (was, becomes) = (
                row.Before.Number <= 3, result.After.Grades!.FromCleanest[row.After.Rank!.Value].IsAcceptable);
            row.Change.ShouldBe(was == becomes ? StreetChange.None : becomes ? StreetChange.Cleaner : StreetChange.Dirtier);
        }

        if (method.StartsWith("lasan", StringComparison.Ordinal))
        {
            result.Rows.Where(row => row.Before.Score?.Views is not null).ShouldAllBe(
                row => row.Before.Score!.Views!["lasan-2016-q3"].Grade == (int)row.After.Number!.Value, "the map shows the same LASAN grade");
        }

        var itself = Rescorer.Run(ScoringChoice.Of(method, []), ScoringChoice.Of(method, []), null, [], _ => { });
        itself.Count(StreetChange.None).ShouldBe(itself.Rows.Count);
    }

    [Fact]
    public void A_city_s_own_method_takes_part()
    {
        var own = new ScoringChoice(new PiecesMethod(), RescoreSettings.Parse([], CrowOptions.Crow1));

        var result = Rescorer.Run(own, new ScoringChoice(new PiecesMethod(), RescoreSettings.Parse(["crow.litter.PriorMean=8"], CrowOptions.Crow1)), null, [], _ => { });

        result.Before.Name.ShouldBe("pieces-1");
        result.Count(StreetChange.NumberOnly).ShouldBeGreaterThan(20, "a method without classes is compared by its numbers");
        result.Largest.First().After.Number!.Value.ShouldBeGreaterThan(result.Largest.First().Before.Number!.Value);
    }

    [Fact]
    public void Areas_add_up_to_the_city()
    {
        var points = _bench.Network.Segments.SelectMany(segment => segment.Geometry).ToList();
        var (west, east) = (points.Min(point => point.Longitude) - 0.01, points.Max(point => point.Longitude) + 0.01);
        var (south, north, middle) = (points.Min(point => point.Latitude) - 0.01, points.Max(point => point.Latitude) + 0.01, (west + east) / 2);
        Area[] halves = [Box("west", west, middle, south, north), Box("east", middle, east, south, north)];

        var result = Rescorer.Run(ScoringChoice.Live(), ScoringChoice.Of("crow-2", ["crow.litter.Cuts=0.1,0.2,0.4,0.8"]), null, halves, _ => { });

        result.Areas.Sum(area => area.Streets).ShouldBe(_bench.Network.Segments.Count);
        result.Areas.Sum(area => area.Dirtier).ShouldBe(result.Count(StreetChange.Dirtier));
        result.Areas.ShouldAllBe(area => area.After!.Value.Value > area.Before!.Value.Value);
    }

    [Fact]
    public async Task The_command_tells_writes_files_and_checks_against_the_running_ingest()
    {
        var (csv, json) = (_folder.Combine("changes.csv"), _folder.Combine("changes.json"));
        var read = _bench.Addresses[0].Authority;

        var (code, text, _) = await CommandAsync("--data", _bench.Data, "--set", "crow.overdispersion=1", "--out", csv, "--read-api", read);

        code.ShouldBe(0, text);
        text.ShouldContain("It is whole.");
        text.ShouldContain("scores that ingest shows, to the last bit");
        var rows = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        rows.Length.ShouldBe(_bench.Network.Segments.Count + 1);
        rows.Count(row => row.Contains(",NumberOnly,", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
        (code, text, _) = await CommandAsync("--data", _bench.Data, "--method", "kab", "--out", json);
        code.ShouldBe(0, text);
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        document.RootElement.GetProperty("after").GetString().ShouldBe("kab-2");
        document.RootElement.GetProperty("streets").GetArrayLength().ShouldBe(_bench.Network.Segments.Count);
        document.RootElement.GetProperty("changes").EnumerateObject().Sum(change => change.Value.GetInt32()).ShouldBe(_bench.Network.Segments.Count);
    }

    [Theory]
    [InlineData("there is no such setting", "--set", "crow.halflife=3")]
    [InlineData("there is no category dirt", "--set", "crow.dirt.HalfLifeHours=3")]
    [InlineData("lies between", "--set", "crow.overdispersion=0.1")]
    [InlineData("four rising cuts", "--set", "crow.litter.Cuts=3,2,1,0")]
    [InlineData("is a number", "--set", "crow.litter.HalfLifeHours=long")]
    [InlineData("write KEY=VALUE", "--set", "crow")]
    [InlineData("there is no such method", "--method", "beauty")]
    [InlineData(".csv or .json", "--out", "changes.txt")]
    [InlineData("cannot be read", "--areas", "nowhere.geojson")]
    [InlineData("no whole", "--streets", "generated:x")]
    public async Task Wrong_use_is_said_in_a_sentence(string said, string option, string value)
    {
        var (code, _, error) = await CommandAsync("--data", _bench.Data, option, value);
        code.ShouldBe(2);
        error.ShouldContain(said == "no whole" ? "whole number" : said);
        (await CommandAsync("--data", _folder.Path)).Code.ShouldBe(2);
    }

    public void Dispose() => _folder.Dispose();

    internal static async Task<(int Code, string Output, string Error)> CommandAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await RescoreCommand.RunAsync(RescoreCommand.Create(TimeProvider.System).Parse(arguments), TimeProvider.System, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private static Area Box(string name, double west, double east, double south, double north) =>
        new(name, new AreaShape([[new(south, west), new(south, east), new(north, east), new(north, west), new(south, west)]]));

    private RescoreResult Run(string method, params string[] settings) =>
        Rescorer.Run(ScoringChoice.Live(), ScoringChoice.Of(method, settings), null, [], _ => { });

    /// <summary>What ingest itself writes while idle (its lock and SQLite's shared memory) does not count.</summary>
    private string Contents() => string.Join('\n', Directory.EnumerateFiles(_bench.Data, "*", SearchOption.AllDirectories)
        .Where(path => path.Contains("journal", StringComparison.Ordinal) || path.Contains("snapshots", StringComparison.Ordinal) || path.Contains("streets", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}"));

    /// <summary>A method of one file without classes: litter per 100 m².</summary>
    private sealed class PiecesMethod : IIndexMethod
    {
        public string Name => "pieces-1";

        public string Scale => "pieces per 100 m²";

        public SegmentValue Judge(SegmentCondition condition) => new(condition.Find("litter")!.PiecesPer100SquareMetres);
    }
}
