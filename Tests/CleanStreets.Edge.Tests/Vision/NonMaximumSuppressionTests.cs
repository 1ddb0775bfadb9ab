using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class NonMaximumSuppressionTests
{
    [Fact]
    public void Of_overlapping_boxes_of_one_label_the_surest_stays()
    {
        var candidates = new List<Candidate> { new(new(0, 0, 10, 10), 1, 0.5f), new(new(1, 0, 11, 10), 1, 0.9f), new(new(50, 0, 60, 10), 1, 0.4f) };
        NonMaximumSuppression.Reduce(candidates, 0.45f);
        candidates.Select(candidate => candidate.Confidence).ShouldBe([0.9f, 0.4f]);
    }

    [Fact]
    public void Another_label_at_the_same_place_stays()
    {
        var candidates = new List<Candidate> { new(new(0, 0, 10, 10), 1, 0.5f), new(new(0, 0, 10, 10), 2, 0.9f) };
        NonMaximumSuppression.Reduce(candidates, 0.45f);
        candidates.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_boxes_are_reduced_as_a_slow_obvious_twin_reduces_them(int seed)
    {
        var random = new Random(seed);
        var candidates = Enumerable.Range(0, 200)
            .Select(_ => new Candidate(Box.Around(random.Next(100), random.Next(100), random.Next(1, 40), random.Next(1, 40)), random.Next(3), random.NextSingle()))
            .ToList();
        var open = candidates.OrderByDescending(candidate => candidate.Confidence).ToList();
        var wanted = new List<Candidate>();
        while (open.Count > 0)
        {
            wanted.Add(open[0]);
            open.RemoveAll(other => other == wanted[^1] || (other.Label == wanted[^1].Label && wanted[^1].Box.Overlap(other.Box) > 0.45f));
        }

        NonMaximumSuppression.Reduce(candidates, 0.45f);
        candidates.ShouldBe(wanted, $"seed {seed}");
    }

    [Fact]
    public void A_flood_of_boxes_is_bounded()
    {
        var candidates = Enumerable.Range(0, 50_000).Select(i => new Candidate(new(i * 10, 0, (i * 10) + 5, 5), 0, 0.5f)).ToList();
        NonMaximumSuppression.Reduce(candidates, 0.45f);
        candidates.Count.ShouldBe(NonMaximumSuppression.MaxKept);
    }
}
