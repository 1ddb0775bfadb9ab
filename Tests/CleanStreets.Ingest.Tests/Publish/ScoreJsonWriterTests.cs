using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Publish;

namespace CleanStreets.Ingest.Tests.Publish;

/// <summary>What is published is what the contract's serializer would write, byte for byte.</summary>
public class ScoreJsonWriterTests
{
    private const int Scores = 5000;

    [Fact]
    public void Score_is_written_as_the_serializer_writes_it()
    {
        const int Seed = 20;
        var random = new Random(Seed);
        var writer = new ScoreJsonWriter();
        for (var n = 0; n < Scores; n++)
        {
            var score = Next(random);
            Encoding.UTF8.GetString(writer.Write(score)).ShouldBe(JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore), $"seed {Seed}, score {n}");
        }
    }

    [Fact]
    public void Score_stays_as_it_was_when_another_is_written()
    {
        var writer = new ScoreJsonWriter();
        var random = new Random(21);
        var (first, second) = (Next(random), Next(random));
        var written = writer.Write(first);
        var text = Encoding.UTF8.GetString(written);

        writer.Write(second);

        Encoding.UTF8.GetString(written).ShouldBe(text);
    }

    [Fact]
    public void Every_number_of_four_decimals_and_those_beside_it_are_written_as_the_serializer_writes_them()
    {
        var (json, wrong) = (new JsonBytes(), new List<double>());
        for (var n = 0; n <= 60_000; n += 1 + (n / 10_000 * 100)) // Every one below 1, then some.
        {
            foreach (var number in new[] { n / 10_000.0, double.BitIncrement(n / 10_000.0), -(n / 10_000.0), n * 99_999.0, n + 0.00005 })
            {
                json.Clear();
                json.Number(number);
                wrong.AddRange(json.ToArray().AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(number)) ? [] : [number]);
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static SegmentScore Next(Random random) => new()
    {
        SegmentId = SegmentId.Parse($"street-{random.Next(1000)}.b_2"),
        NetworkVersion = random.Next(4) == 0 ? "von \"Hand\" <1> ü" : "sha256-abc",
        Method = $"crow-{random.Next(1, 3)}",
        AsOf = Moment(random),
        State = (ScoreState)random.Next(2),
        Grade = Maybe(random, Letter(random)),
        Index = Maybe(random, Number(random)),
        Low = Maybe(random, Number(random)),
        High = Maybe(random, Number(random)),
        Probabilities = random.Next(3) == 0 ? null : Grades.All.Take(random.Next(6)).Select(grade => grade.Name()).Append("other+").ToDictionary(name => name, _ => Number(random)),
        Coverage = Number(random),
        NewestObservationAt = Maybe(random, Moment(random)),
        SampleSize = random.Next(),
        Sides = random.Next(3) == 0 ? null : new SideScores(Side(random), Side(random)),
        Views = random.Next(3) == 0 ? null : new Dictionary<string, MethodView> { ["lasan-2016-q3"] = new(random.Next(1, 4)), ["k&b"] = new(-1) },
        PendingConfirmations = random.Next(3),
    };

    private static SideScore? Side(Random random) => random.Next(3) == 0 ? null
        : new SideScore(
            (ScoreState)random.Next(2), Maybe(random, Letter(random)), Maybe(random, Number(random)), Maybe(random, Number(random)), Maybe(random, Number(random)), random.Next(100));

    private static Grade Letter(Random random) => Grades.All[random.Next(Grades.All.Count)];

    private static T? Maybe<T>(Random random, T value)
        where T : struct => random.Next(3) == 0 ? null : value;

    private static double Number(Random random) => random.Next(6) switch
    {
        0 => 0,
        4 => Math.Round(random.NextDouble(), 4),
        5 => -Math.Round(random.NextDouble(), 1),
        1 => Math.Round(random.NextDouble() * 5, 3),
        2 => random.NextDouble() * 1e-7,
        _ => random.NextDouble() * 1e20,
    };

    private static DateTimeOffset Moment(Random random) => DateTimeOffset.FromUnixTimeMilliseconds((random.NextInt64(1, 2_000_000_000) * 1000) + (random.Next(2) * random.Next(1000)));
}
