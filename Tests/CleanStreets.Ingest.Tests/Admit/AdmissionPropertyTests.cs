using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;

namespace CleanStreets.Ingest.Tests.Admit;

/// <summary>Admission against a twin that remembers every sequence in a set: slow, unbounded and obvious.</summary>
public sealed class AdmissionPropertyTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8, 20261122, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Admission_agrees_with_its_twin_through_repeats_holes_and_restarts(int seed)
    {
        var random = new Random(seed);
        var bench = new AdmissionBench(new AdmissionOptions { SessionsPerTruck = 64, RangesPerSession = 1000 });
        var settled = new Dictionary<(string, string), HashSet<long>>();
        var floors = new Dictionary<(string, string), long>();
        var marks = new Dictionary<(string, string), long>();
        for (var step = 0; step < 1500; step++)
        {
            if (random.Next(100) == 0)
            {
                bench.Restart();
            }

            var key = ($"t{random.Next(3)}", $"s{random.Next(3)}");
            if (random.Next(60) == 0)
            {
                bench.Close(key.Item1, key.Item2);
            }

            var known = settled.TryGetValue(key, out var set) ? set : settled[key] = [];
            var first = random.Next(4) == 0 && known.Count > 0 ? random.Next((int)known.Max()) + 1 : random.Next(1, 300);
            var readings = Enumerable.Range(0, random.Next(1, 12)).Select(_ => AdmissionBench.Good(AdmissionBench.Now) with
            {
                Fault = random.Next(20) == 0 ? QuarantineReason.WrongType : QuarantineReason.None,
            }).ToArray();
            var oldest = random.Next(25) == 0 ? random.Next(first + 1) : 0;

            var answer = bench.Send(key.Item1, key.Item2, first, 0, oldest, readings: readings);

            for (var i = 0; i < readings.Length; i++)
            {
                var repeat = !known.Add(first + i);
                answer.Verdicts[i].IsDuplicate.ShouldBe(repeat, $"seed {seed}, step {step}");
                answer.Verdicts[i].IsQuarantined.ShouldBe(!repeat && readings[i].Fault != QuarantineReason.None, $"seed {seed}, step {step}");
            }

            floors[key] = Math.Max(floors.GetValueOrDefault(key), oldest);
            var mark = Math.Max(marks.GetValueOrDefault(key), floors[key] - 1);
            while (known.Contains(mark + 1))
            {
                mark++;
            }

            marks[key] = mark;
            answer.Message.StoredThrough.ShouldBe(mark, $"seed {seed}, step {step}");
        }

        bench.Restart();
        foreach (var ((truck, session), mark) in marks)
        {
            bench.Session(truck, session).StoredThrough.ShouldBe(mark, $"seed {seed}, after a restart");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void More_trucks_and_sessions_than_fit_are_the_same_after_replay(int seed)
    {
        var random = new Random(seed);
        var bench = new AdmissionBench(new AdmissionOptions
        {
            Trucks = 6,
            SessionsPerTruck = 3,
            RangesPerSession = 4,
            ForgottenSessionsPerTruck = 4,
            ForgottenMarks = 10,
            EstablishedReadings = 30,
        });
        for (var step = 0; step < 800; step++)
        {
            var (truck, session) = ($"t{random.Next(12)}", $"s{random.Next(5)}");
            if (random.Next(3) == 0)
            {
                bench.Close(truck, session);
            }

            bench.Send(truck, session, random.Next(1, 40), random.Next(1, 6), random.Next(10) == 0 ? random.Next(40) : 0, receivedAtMs: AdmissionBench.Now + (step * 1000L));
            if (step % 100 == 99)
            {
                var live = Bytes();
                bench.Restart();
                Bytes().ShouldBe(live, $"seed {seed}, step {step}");
            }
        }

        byte[] Bytes() => Snapshot.RecoveryBench.Bytes(bench.Admission.Save);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ranges_agree_with_a_set(int seed)
    {
        var random = new Random(seed);
        var ranges = new SequenceRanges();
        var set = new HashSet<long>();
        for (var step = 0; step < 3000; step++)
        {
            long first = random.Next(1, 500);
            var last = first + random.Next(10);
            var expected = ranges.CountAfterAdd(first, last);
            ranges.Add(first, last);
            for (var i = first; i <= last; i++)
            {
                set.Add(i);
            }

            ranges.Count.ShouldBe(expected, $"seed {seed}, step {step}");
            var probe = random.Next(1, 520);
            ranges.Contains(probe).ShouldBe(set.Contains(probe), $"seed {seed}, step {step}");
            if (set.Count > 300)
            {
                ranges = new SequenceRanges();
                set.Clear();
            }
        }
    }
}
