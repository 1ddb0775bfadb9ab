using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;
using FsCheck;
using FsCheck.Fluent;

namespace CleanStreets.Ingest.Tests.Score;

/// <summary>However the readings of a night come in – cut into other messages, sessions by turns, backlog late, repeated, facts before or after – scores and periods are the same to the last bit.</summary>
public sealed class ArrivalOrderTests
{
    private const int Segments = 14;

    /// <summary>Four minutes to midnight: drives go on past midnight.</summary>
    private static readonly DateTimeOffset Evening = new(2026, 11, 20, 23, 56, 0, TimeSpan.Zero);

    private static readonly StreetNetwork Network = GeneratedCity.Create(seed: 7);

    /// <summary>Each truck's live session, and one's backlog of hours before; two trucks drive the same way.</summary>
    private static readonly Drive[] Drives =
    [
        new Drive(Network, "truck-1", "live", seed: 5, Evening.ToUnixTimeMilliseconds()).Over(Segments),
        new Drive(Network, "truck-1", "backlog", seed: 5, Evening.AddHours(-7).ToUnixTimeMilliseconds()).Over(Segments),
        new Drive(Network, "truck-2", "live", seed: 5, Evening.AddHours(2).ToUnixTimeMilliseconds()).Over(Segments),
        new Drive(Network, "truck-3", "live", seed: 6, Evening.AddDays(1).ToUnixTimeMilliseconds()).Over(Segments),
        new Drive(Network, "truck-3", "trial", seed: 6, Evening.AddDays(1).ToUnixTimeMilliseconds()) { IsTrial = true, Model = "litter-8" }.Over(Segments),
    ];

    private static readonly Lazy<(string Told, Fact[] Facts)> Expected = new(InOrder);

    [Fact]
    public void Scores_and_periods_are_the_same_to_the_last_bit_however_it_arrives() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Run(Shuffled(new Random(seed))).Told == Expected.Value.Told)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public void Night_that_is_compared_holds_what_it_should()
    {
        var (told, facts) = Expected.Value;

        facts.Select(fact => fact.Kind).Distinct().Count().ShouldBe(Enum.GetValues<FactKind>().Length);
        told.ShouldContain("\"seen\"");
        told.ShouldContain("because of work order W-0001");
        told.ShouldContain("was verified");
        told.ShouldContain("a person has confirmed it");
        told.ShouldContain("taken again by the same truck");
        Run([.. Sends()]).Told.ShouldNotBe(told, "facts bear on it");
    }

    private static (string Told, Fact[] Facts) InOrder()
    {
        var alone = Run([.. Sends()]);
        var sent = alone.Passes.Where(pass => pass.Truck == "truck-2").Take(3).Select((pass, i) => Said($"f-{i}", FactKind.TruckSent, pass.Segment, pass.EnteredAt.AddMinutes(-5)) with
        {
            TruckId = TruckId.Parse("truck-2"),
            OrderId = OrderId.Parse("W-0001"),
        });
        var streets = alone.Passes.Select(pass => pass.Segment).Distinct().ToList();
        Fact[] facts =
        [
            .. sent,
            Said("f-10", FactKind.CleaningClaimed, streets[3], Evening.AddHours(1)),
            Said("f-11", FactKind.CleaningVerified, streets[3], Evening.AddHours(1)),
            Said("f-12", FactKind.CleaningVerified, streets[4], Evening.AddHours(1)) with { Side = Side.Left },
            .. alone.Waiting.Take(2).Select((find, i) => Said($"f-{20 + i}", FactKind.DetectionConfirmed, find.SegmentId, Evening.AddHours(30)) with { DetectionId = find.DetectionId }),
            .. alone.Waiting.Skip(2).Take(1).Select(find => Said("f-30", FactKind.DetectionRefused, find.SegmentId, Evening.AddHours(30)) with { DetectionId = find.DetectionId }),
        ];
        return (Run([.. Sends(), .. facts.Select(fact => new Arrival(fact.SegmentId.Value, Bytes(fact), IsFact: true))]).Told, facts);
    }

    private static Fact Said(string id, FactKind kind, SegmentId segment, DateTimeOffset at) => new() { FactId = id, Kind = kind, SegmentId = segment, At = at };

    private static byte[] Bytes(Fact fact) => JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact);

    private static IEnumerable<Arrival> Sends() => Drives.SelectMany(drive => drive.Batches(20).Select(batch => new Arrival(drive.Truck, batch, IsFact: false)));

    /// <summary>Sessions cut and mixed anew; each in its order but for neighbours that change places, as packets in flight do.</summary>
    private static List<Arrival> Shuffled(Random random)
    {
        var queues = Drives.Select(drive => Cut(drive, random)).Append([.. Expected.Value.Facts.Select(fact => new Arrival(fact.SegmentId.Value, Bytes(fact), IsFact: true)).OrderBy(_ => random.Next())]).ToList();
        var arrivals = new List<Arrival>();
        var backlogLast = random.Next(3) == 0;
        while (queues.Exists(queue => queue.Count > 0))
        {
            var open = queues.Where((queue, i) => queue.Count > 0 && !(backlogLast && i == 1 && queues.Where((other, j) => j != 1 && other.Count > 0).Any())).ToList();
            var queue = open[random.Next(open.Count)];
            arrivals.Add(queue[0]);
            if (random.Next(5) == 0)
            {
                arrivals.Add(arrivals[random.Next(arrivals.Count)]); // Sent again, the last or one of long before.
            }

            queue.RemoveAt(0);
        }

        return arrivals;
    }

    private static List<Arrival> Cut(Drive drive, Random random)
    {
        var batches = new List<Arrival>();
        for (var from = 0; from < drive.Count;)
        {
            var count = Math.Min(random.Next(1, 60), drive.Count - from);
            batches.Add(new Arrival(drive.Truck, drive.Batch(from, count, random.Next(2) == 0 ? ReadingFormat.Json : ReadingFormat.Protobuf), IsFact: false));
            from += count;
        }

        for (var i = 1; i < batches.Count - 1; i++)
        {
            if (random.Next(4) == 0)
            {
                (batches[i], batches[i + 1]) = (batches[i + 1], batches[i]);
            }
        }

        return batches;
    }

    /// <summary>What the stages make of it, between the wire and the board.</summary>
    private static Outcome Run(List<Arrival> arrivals)
    {
        var method = ScoreMethods.Find("crow-2")!;
        var admission = new Admission(new AdmissionOptions());
        var decoder = new BatchDecoder();
        var matcher = new TraceMatcher(Network, new MatchingOptions(), new ObservationOptions(), new MatchStageOptions());
        var board = new ScoreBoard(Network.Segments.Count);
        var keeper = new ScoreKeeper(Network, method, board);
        var passes = new List<(SegmentId, string, DateTimeOffset)>();
        var positions = 0L;
        foreach (var arrival in arrivals)
        {
            var batch = new IngestBatch(1 << 20);
            batch.Add(new IngestMessage { Kind = arrival.IsFact ? MessageKind.Fact : default, ReceivedAtMs = Evening.AddDays(2).ToUnixTimeMilliseconds() }, Encoding.ASCII.GetBytes(arrival.Id), [], arrival.Payload);
            Take(batch);
        }

        foreach (var session in admission.Sessions.ToList())
        {
            var batch = new IngestBatch(1 << 20);
            admission.Close(session.Truck, session.Id);
            batch.Add(
                new IngestMessage { Kind = MessageKind.SessionClosed, Envelope = new BatchEnvelope { TruckId = session.Truck, SessionId = session.Id, FirstSequence = 0 } },
                Encoding.ASCII.GetBytes(session.Truck.Value),
                [],
                []);
            Take(batch);
        }

        return new Outcome(Told(), passes, board.Pending());

        void Take(IngestBatch batch)
        {
            decoder.Decode(batch);
            foreach (ref var message in batch.Messages)
            {
                admission.Admit(batch, ref message);
                message.Position = positions++;
            }

            var matched = matcher.Match(batch);
            passes.AddRange(matched.Observations.Where(pass => !pass.IsTrial).Select(pass => (pass.Observation.SegmentId, pass.Truck.Value, DateTimeOffset.FromUnixTimeMilliseconds(pass.Observation.EnteredAtMs))));
            keeper.Add(matched);
            keeper.Rescore(); // Asked for after every arrival: that, too, must change nothing.
        }

        string Told()
        {
            var text = new StringBuilder(JsonSerializer.Serialize(board.All(), ContractJson.Default.IReadOnlyListSegmentScore));
            var evidence = keeper.Copy([.. Enumerable.Range(0, Network.Segments.Count)]);
            foreach (var street in evidence.OrderBy(street => street.Key.Value, StringComparer.Ordinal))
            {
                var explained = method.Explain(street.Value, Network.Version, Evening.AddHours(30).ToUnixTimeMilliseconds(), []);
                text.Append('\n').Append(JsonSerializer.Serialize(explained, ContractJson.Default.ScoreExplanation));
            }

            AreaStreet[] city = [.. Network.Segments.Select(segment => new AreaStreet(segment, InsideShare: 1))];
            var period = new AreaIndexer(IndexMethods.Find("crow-2")!).Over("city", city, evidence.GetValueOrDefault, Evening.AddHours(1), Evening.AddHours(26));
            return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{period.Index?.Value:R} {period.Index?.Low:R} {period.Index?.High:R} {period.Trend?.Value:R} {period.Passes}").ToString();
        }
    }

    private sealed record Arrival(string Id, byte[] Payload, bool IsFact);

    private sealed record Outcome(string Told, List<(SegmentId Segment, string Truck, DateTimeOffset EnteredAt)> Passes, IReadOnlyList<Contracts.ReadApi.PendingConfirmation> Waiting);
}
