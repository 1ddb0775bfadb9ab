using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Contracts.Tests;

public sealed class KindTotalsTests
{
    [Fact]
    public void Counts_of_one_kind_are_added_in_whatever_order_they_come()
    {
        var random = new Random(20261126);
        for (var round = 0; round < 1000; round++)
        {
            var counts = new KeyValuePair<string, int>[random.Next(12)];
            var expected = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (ref var count in counts.AsSpan())
            {
                count = new($"kind-{random.Next(8)}", random.Next(100));
                expected[count.Key] = expected.GetValueOrDefault(count.Key) + count.Value;
            }

            var totals = KindTotals.Of(counts);
            totals.ToArray<KeyValuePair<string, int>>().ShouldBe(expected.ToArray(), $"round {round}");
            totals.Count.ShouldBe(expected.Count);
            totals.Keys.ShouldBe(expected.Keys);
            totals.Values.ShouldBe(expected.Values);
            for (var kind = 0; kind < 8; kind++)
            {
                totals.TryGetValue($"kind-{kind}", out var count).ShouldBe(expected.ContainsKey($"kind-{kind}"));
                count.ShouldBe(expected.GetValueOrDefault($"kind-{kind}"));
            }
        }
    }

    [Fact]
    public void A_kind_that_was_not_counted_is_not_there()
    {
        var totals = KindTotals.Of([new("weeds", 3)]);
        totals["weeds"].ShouldBe(3);
        totals.ContainsKey("leaves").ShouldBeFalse();
        Should.Throw<KeyNotFoundException>(() => totals["leaves"]);
        KindTotals.None.ShouldBeEmpty();
    }
}
