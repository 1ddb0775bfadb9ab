using CleanStreets.Edge.Simulate;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class StoryScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_story_that_comes_with_the_program_can_be_planned_in_the_generated_city()
    {
        StoryBook.Names.ShouldBe(["clock-jump", "dead-zone", "dirty-camera", "market-day", "power-cuts", "stolen-gps"]);
        var plan = new StoryPlan([.. StoryBook.Names.Select(StoryBook.Open)], GeneratedCity.Create(1), trucks: 12, seed: 1, beginMs: 0);
        plan.Episodes.Select(episode => episode.Event.Do).Distinct().ShouldBe(Enum.GetValues<StoryAction>(), ignoreOrder: true);
        plan.Episodes.ShouldAllBe(episode => episode.Trucks.Count > 0 || episode.Segments.Count > 0);
        plan.Lasts.ShouldBe(TimeSpan.FromHours(7));
    }

    [Fact]
    public void File_is_read_with_comments_and_its_own_trucks_and_streets()
    {
        var path = _folder.Combine("mine.json");
        File.WriteAllText(path, """
            { // Mine.
              "name": "mine", "about": "What I want.", "lasts": "1:30",
              "events": [
                { "at": "0:10", "for": "0:00:30", "every": "0:05", "times": 3, "do": "dead-zone", "trucks": "1,3-4", "where": { "near": "centre", "radiusMetres": 500 } },
                { "at": "0:20", "do": "sweep", "where": { "streets": ["city1-003", "city1-007"] } },
              ]
            }
            """);
        var streets = GeneratedCity.Create(1);
        var plan = new StoryPlan([StoryBook.Open(path)], streets, trucks: 3, seed: 1, beginMs: 1_000_000);
        plan.Episodes.Select(e => (e.FromMs - 1_000_000) / 1000).ShouldBe([600, 900, 1200, 1200]);
        plan.Episodes[0].ToMs.ShouldBe(plan.Episodes[0].FromMs + 30_000);
        plan.Episodes[0].Trucks.ShouldBe([0, 2], ignoreOrder: true);
        plan.Episodes[3].Segments.Select(s => streets.Segments[s].Id.Value).ShouldBe(["city1-003", "city1-007"]);
    }

    [Theory]
    [InlineData("""{ "at": "0:10", "do": "dead-zone" }""", "for says how long")]
    [InlineData("""{ "at": "2:00", "for": "0:10", "do": "dead-zone" }""", "inside the story")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "do": "dead-zone", "trucks": "some" }""", "trucks is all, half")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "do": "dead-zone", "metres": 5 }""", "metres is for")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "do": "mud", "share": 0.9 }""", "share is for mud")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "do": "clock" }""", "reads or ahead")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "do": "market", "litter": 5 }""", "where says")]
    [InlineData("""{ "at": "0:10", "for": "0:10", "every": "0:05", "times": 2, "do": "grease" }""", "every is longer")]
    [InlineData("""{ "at": "0:10", "do": "explode" }""", "line 3")]
    [InlineData("""{ "at": "soon", "do": "sweep" }""", "HH:MM")]
    [InlineData("""{ "at": "0:10", "do": "sweep", "colour": "red" }""", "colour")]
    public void Wrong_story_is_refused_with_what_is_wrong(string told, string named)
    {
        var path = _folder.Combine("wrong.json");
        File.WriteAllText(path, "{ \"name\": \"wrong\", \"about\": \"Wrong.\",\n \"lasts\": \"1:00\", \"events\": [\n" + told + "] }");
        Should.Throw<SimulateException>(() => StoryBook.Open(path)).Message.ShouldContain(named);
    }

    [Fact]
    public void Street_that_is_not_there_is_refused_by_name()
    {
        var sweep = new StoryEvent { At = TimeSpan.Zero, Do = StoryAction.Sweep, Where = new StoryPlace { Streets = ["Nowhere Lane"] } };
        Should.Throw<SimulateException>(() => new StoryPlan([StoryRun.Story("0:10", sweep)], GeneratedCity.Create(1), 1, 1, 0)).Message.ShouldContain("Nowhere Lane");
    }

    [Theory]
    [InlineData("all", 12, 12)]
    [InlineData("half", 12, 6)]
    [InlineData("third", 2, 1)]
    [InlineData("quarter", 9, 3)]
    public void Share_of_the_trucks_is_chosen_by_the_seed_and_the_same_for_every_event(string share, int trucks, int count)
    {
        var chosen = TruckChoice.Of(share, trucks, seed: 1, "a");
        chosen.Count.ShouldBe(count);
        chosen.ShouldAllBe(index => index >= 0 && index < trucks);
        TruckChoice.Of(share, trucks, seed: 1, "a").ShouldBe(chosen, ignoreOrder: true);
        TruckChoice.Of("quarter", trucks, seed: 1, "a").IsSubsetOf(TruckChoice.Of("half", trucks, seed: 1, "a")).ShouldBeTrue();
    }

    [Fact]
    public void Stories_are_listed_a_sentence_each()
    {
        StoryBook.Lines().Count().ShouldBe(StoryBook.Names.Count);
        StoryBook.Lines().ShouldAllBe(line => line.TrimEnd().EndsWith('.'));
    }
}
