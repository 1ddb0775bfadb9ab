using CleanStreets.Scoring.Matching;

namespace CleanStreets.Scoring.Tests.Matching;

public sealed class MatchLatticeTests
{
    private const int Columns = 17;
    private const int Width = 8;

    [Fact]
    public void A_ring_that_grows_on_the_way_decides_as_one_that_has_grown_before()
    {
        var longest = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (fresh, grown) = (new MatchLattice(Columns, Width), Grown());
            for (var column = 0; column < 80; column++)
            {
                var states = Candidates(random, fresh.IsEmpty ? 0 : fresh.Newest.Length);
                Add(fresh, states);
                Add(grown, states);
                var decided = Decided(fresh);
                decided.ShouldBe(Decided(grown), $"seed {seed}, column {column}");
                longest = Math.Max(longest, decided.Length);
            }

            All(fresh).ShouldBe(All(grown), $"seed {seed}, at the end");
        }

        longest.ShouldBeGreaterThan(8);
    }

    /// <summary>Has held as many undecided columns as there may be, and is empty again.</summary>
    private static MatchLattice Grown()
    {
        var lattice = new MatchLattice(Columns, Width);
        for (var column = 0; column < Columns - 2; column++)
        {
            Add(lattice, [new MatchState { Parent = column == 0 ? -1 : 0 }, new MatchState { Parent = column == 0 ? -1 : 1 }]);
            Decided(lattice).ShouldBeEmpty();
        }

        lattice.Clear();
        return lattice;
    }

    /// <summary>Ways that mostly stay apart, so that many columns wait, and now and then meet.</summary>
    private static MatchState[] Candidates(Random random, int before)
    {
        var meet = random.Next(12) == 0;
        var states = new MatchState[meet ? 1 : random.Next(2, 5)];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = new MatchState { Edge = random.Next(1000), Parent = before == 0 ? -1 : i % before, Score = -random.NextDouble() };
        }

        return states;
    }

    private static void Add(MatchLattice lattice, MatchState[] states)
    {
        states.CopyTo(lattice.Room);
        lattice.Add(states.Length);
    }

    private static string[] Decided(MatchLattice lattice)
    {
        var decided = new MatchState[Columns];
        return [.. decided.Take(lattice.Decide(decided)).Select(Text)];
    }

    private static string[] All(MatchLattice lattice)
    {
        var decided = new MatchState[Columns];
        return [.. decided.Take(lattice.DecideAll(decided)).Select(Text)];
    }

    private static string Text(MatchState state) => $"{state.Edge} from {state.Parent}: {state.Score:R}";
}
