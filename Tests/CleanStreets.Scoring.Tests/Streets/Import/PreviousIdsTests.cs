using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets.Import;

public class PreviousIdsTests
{
    [Fact]
    public void Street_that_only_changed_its_id_gets_the_old_one_back_with_its_sides()
    {
        var before = Network(TestStreets.Street("w1-1-2", (0, 0), (50, 5), (100, 0)), TestStreets.Street("w1-2-3", (100, 0), (200, 0)));
        var after = Network(TestStreets.Street("w1-1-2", (0, 0), (50, 5), (100, 0)), TestStreets.Street("w9-2-3", (200, 0), (100, 0)));

        var kept = PreviousIds.Keep(after, before);

        kept.Network.Version.ShouldBe(before.WithNamesOf(kept.Network).Version);
        kept.Network.Segments.Select(segment => segment.Id.Value).ShouldBe(["w1-1-2", "w1-2-3"]);
        kept.Network.Segments[1].Geometry[0].Longitude.ShouldBe(before.Segments[1].Geometry[0].Longitude);
        (kept.Same, kept.Kept, kept.New, kept.Gone).ShouldBe((1, 1, 0, 0));
    }

    [Fact]
    public void Street_of_another_length_or_against_the_old_traffic_is_another_street()
    {
        var before = Network(TestStreets.Street("a", (0, 0), (100, 0)), TestStreets.OneWay("b", (0, 100), (100, 100)));
        var after = Network(TestStreets.Street("c", (0, 0), (50, 60), (100, 0)), TestStreets.OneWay("d", (100, 100), (0, 100)));

        var kept = PreviousIds.Keep(after, before);

        kept.Network.Segments.Select(segment => segment.Id.Value).ShouldBe(["c", "d"]);
        (kept.Same, kept.Kept, kept.New, kept.Gone).ShouldBe((0, 0, 2, 2));
    }

    [Fact]
    public void Of_two_arms_between_the_same_ends_each_keeps_its_own()
    {
        var before = Network(TestStreets.Street("short", (0, 0), (100, 0)), TestStreets.Street("long", (0, 0), (50, 80), (100, 0)));
        var after = Network(TestStreets.Street("x", (0, 0), (50, 80), (100, 0)), TestStreets.Street("y", (0, 0), (100, 0)));

        var kept = PreviousIds.Keep(after, before).Network;

        kept.Segments.Single(segment => segment.Id.Value == "long").LengthMetres.ShouldBe(before.Segments[before.IndexOf("long")].LengthMetres);
        kept.Segments.Single(segment => segment.Id.Value == "short").LengthMetres.ShouldBe(before.Segments[before.IndexOf("short")].LengthMetres);
    }

    [Fact]
    public void Forbidden_turns_go_with_the_streets_under_their_old_ids_and_ways()
    {
        var before = Network(TestStreets.Street("a", (0, 0), (100, 0)), TestStreets.Street("b", (100, 0), (200, 0)));
        var after = TestStreets.Forbid(Network(TestStreets.Street("a", (0, 0), (100, 0)), TestStreets.Street("z", (200, 0), (100, 0))), "+a -z");

        PreviousIds.Keep(after, before).Network.ForbiddenTurns.ShouldBe(TestStreets.Forbid(before, "+a +b").ForbiddenTurns);
    }

    private static StreetNetwork Network(params StreetDefinition[] streets) => StreetNetwork.Create(streets);
}

file static class Naming
{
    /// <summary>The same streets under the names that another network gives them, so that versions compare all but the names.</summary>
    public static StreetNetwork WithNamesOf(this StreetNetwork network, StreetNetwork other) => StreetNetwork.Create(network.Segments.Select(segment =>
        new StreetDefinition(segment.Id, other.Segments[segment.Index].Name, segment.Class, segment.OneWay, segment.Geometry)));
}
