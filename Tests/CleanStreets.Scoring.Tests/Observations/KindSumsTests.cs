using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Tests.Observations;

public class KindSumsTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(5000)]
    public void Sums_are_those_of_a_sorted_dictionary_however_many_kinds_there_are(int kinds)
    {
        var random = new Random(kinds);
        var sums = new KindSums();
        for (var pass = 0; pass < 3; pass++)
        {
            var twin = new SortedDictionary<(string Kind, Side Side), int>(Comparer<(string Kind, Side Side)>.Create(
                (a, b) => string.CompareOrdinal(a.Kind, b.Kind) is var order and not 0 ? order : a.Side.CompareTo(b.Side)));
            for (var i = 0; i < kinds * 4; i++)
            {
                var (kind, side) = ($"kind-{random.Next(kinds)}", (Side)random.Next(3));
                sums.Of(kind, side).Count += i;
                twin[(kind, side)] = twin.GetValueOrDefault((kind, side)) + i;
                if (random.Next(kinds * 2) == 0)
                {
                    sums.InOrder(); // A snapshot in between.
                }
            }

            sums.InOrder().ToArray().Select(sum => ((sum.Kind, sum.Side), sum.Count)).ShouldBe(twin.Select(entry => (entry.Key, entry.Value)));
            sums.Clear();
            sums.Count.ShouldBe(0);
        }
    }
}
