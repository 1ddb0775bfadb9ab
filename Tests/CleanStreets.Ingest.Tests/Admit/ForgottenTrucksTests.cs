using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Tests.Admit;

/// <summary>Trucks that had to give up their place and come back: nothing of them counts twice, and what cannot be known is not counted.</summary>
public sealed class ForgottenTrucksTests
{
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;

    private static readonly AdmissionOptions Settings = new() { Trucks = 3, EstablishedReadings = 50, ForgottenMarks = 4, SessionsPerTruck = 3 };

    private readonly AdmissionBench _bench = new(Settings);
    private long _now = AdmissionBench.Now;
    private int _invented;

    public enum Restart
    {
        None,
        FromJournal,
        FromSnapshot,
    }

    [Theory]
    [InlineData(Restart.None)]
    [InlineData(Restart.FromJournal)]
    [InlineData(Restart.FromSnapshot)]
    public void Readings_behind_a_hole_count_once_after_the_truck_had_to_go(Restart restart)
    {
        Send("honest", "s", 1, 5).Accepted.ShouldBe(5);
        Send("honest", "s", 8, 3).Message.StoredThrough.ShouldBe(5);
        Send("honest", "late", 4, 2).Message.StoredThrough.ShouldBe(0, "its beginning never came");
        _bench.Close("honest", "s");
        _bench.Close("honest", "late");
        Invent(3);
        Known().ShouldNotContain("honest");
        Begin(restart);

        var again = Send("honest", "s", 1, 10);
        (again.Accepted, again.Duplicates, again.Message.StoredThrough).ShouldBe((2, 8, 10L), "what filled the hole is new, and nothing else");
        again = Send("honest", "late", 4, 3);
        (again.Accepted, again.Duplicates).ShouldBe((1, 2));
    }

    [Fact]
    public void More_holes_than_are_kept_are_quarantined_settled_and_hold_up_nothing()
    {
        var bench = new AdmissionBench(new AdmissionOptions { Trucks = 1, ForgottenMarks = 4 });
        for (var first = 2; first <= 40; first += 2)
        {
            bench.Send("honest", "s", first, 1).Accepted.ShouldBe(1);
        }

        bench.Close("honest", "s");
        bench.Send("other", "s", 1, 1).Accepted.ShouldBe(1);
        bench.Close("other", "s");

        var again = bench.Send("honest", "s", 1, 41);

        again.Verdicts.Take(17).Select(verdict => verdict.IsDuplicate).ShouldBe(Enumerable.Range(1, 17).Select(sequence => sequence is >= 2 and <= 16 && sequence % 2 == 0), "eight ranges are known still");
        again.Verdicts.Skip(17).Take(23).Select(verdict => verdict.Reason).Distinct().ShouldBe([QuarantineReason.MayBeRepeat]);
        again.Verdicts[40].IsAccepted.ShouldBeTrue("nothing so high was ever there");
        again.Message.StoredThrough.ShouldBe(41, "and nothing is held up");
        bench.Restart();
        bench.Send("honest", "s", 18, 5).Duplicates.ShouldBe(5);
    }

    [Fact]
    public void Old_recording_of_a_session_that_was_forgotten_before_the_truck_is_no_news_and_what_it_drives_now_is()
    {
        var recorded = Enumerable.Range(1, 5).ToDictionary(i => $"s-{i}", _ => AdmissionBench.Good(_now += Minute));
        foreach (var (session, reading) in recorded)
        {
            Send("honest", session, 1, readings: reading).Accepted.ShouldBe(1);
            _bench.Close("honest", session);
        }

        Invent(3);
        Known().ShouldNotContain("honest");
        _now += 10 * Minute;

        Send("honest", "s-1", 1, readings: recorded["s-1"]).Reasons.ShouldBe([QuarantineReason.MayBeRepeat]);
        Send("honest", "s-5", 1, readings: recorded["s-5"]).Duplicates.ShouldBe(1);
        Send("honest", "s-6", 1, readings: AdmissionBench.Good(_now - Minute)).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData(Restart.None)]
    [InlineData(Restart.FromJournal)]
    [InlineData(Restart.FromSnapshot)]
    public void Invented_names_beyond_every_bound_make_no_reading_count_twice_and_cost_no_truck_what_it_takes_from_now_on(Restart restart)
    {
        var old = AdmissionBench.Good(_now - (2 * Minute));
        Send("probation", "s", 1, readings: [old, old]).Accepted.ShouldBe(2);
        _bench.Close("probation", "s");
        Invent(40);
        _bench.Admission.ForgottenTrucks.Select(truck => truck.Id.Value).ShouldNotContain("probation");
        _bench.Admission.ForgottenCount.ShouldBe(Settings.ForgottenMarks);
        Begin(restart);

        // Sent again as it was, and as from a clock that was put right since.
        Send("probation", "s", 1, readings: [old, old]).Reasons.ShouldBe([QuarantineReason.MayBeRepeat, QuarantineReason.MayBeRepeat]);
        Send("probation", "s", 3, readings: old).Reasons.ShouldBe([QuarantineReason.MayBeRepeat], "in its next message too");
        Send("probation", "s", 4, readings: AdmissionBench.Good(_now + Day)).Reasons.ShouldBe([QuarantineReason.MayBeRepeat], "a clock that is ahead says nothing");
        _now += 3 * Minute;
        Send("probation", "s", 5, readings: AdmissionBench.Good(_now)).Accepted.ShouldBe(1);
        _bench.Close("probation", "s");
        Send("brand-new", "s", 1, readings: AdmissionBench.Good(_now)).Accepted.ShouldBe(1);
        _bench.Admission.MayBeRepeats.ShouldBe(4);
    }

    [Fact]
    public void No_invented_name_pushes_out_what_is_known_of_an_established_truck()
    {
        Send("bus", "s", 1, 60).Accepted.ShouldBe(60);
        Send("bus", "s", 71, 5).Accepted.ShouldBe(5);
        _bench.Close("bus", "s");
        _now += 31 * Day;
        Send("a", "s", 1, 60);
        Send("b", "s", 1, 60);
        Send("c", "s", 1, 1).Accepted.ShouldBe(1, "after weeks of silence it makes room");
        Known().ShouldNotContain("bus");
        _bench.Close("c", "s");
        Invent(50);

        var again = Send("bus", "s", 1, 75);
        (again.Accepted, again.Duplicates, again.Message.StoredThrough).ShouldBe((10, 65, 75L));
        _bench.Admission.Trucks.Single(truck => truck.Id.Value == "bus").IsEstablished.ShouldBeTrue("and it need not prove itself again");
    }

    [Fact]
    public void Names_of_which_nothing_was_ever_accepted_go_first_and_push_out_nobody()
    {
        Send("honest", "s", 1, 3).Accepted.ShouldBe(3);
        _bench.Close("honest", "s");
        foreach (var name in Enumerable.Range(0, 30).Select(i => $"nobody-{i}"))
        {
            Send(name, "s", 1, readings: AdmissionBench.Good(_now) with { Fault = QuarantineReason.PositionOutOfRange }).Reasons.ShouldBe([QuarantineReason.PositionOutOfRange]);
            _bench.Close(name, "s");
        }

        Known().ShouldContain("honest", "who sent something that counts stays, though it was silent longest");
        _bench.Admission.Dropped.ShouldBe(0);
        Invent(4);
        Known().ShouldNotContain("honest");
        _bench.Admission.ForgottenTrucks.Select(truck => truck.Id.Value).ShouldContain("honest");
        Send("honest", "s", 1, 3).Duplicates.ShouldBe(3);
    }

    [Fact]
    public void Time_of_an_ingest_whose_clock_leapt_ahead_locks_out_nobody_when_it_is_right_again()
    {
        _now += 20 * 365 * Day;
        Invent(20);
        _bench.Admission.Dropped.ShouldBeGreaterThan(0);
        _now -= 20 * 365 * Day;
        Send("honest", "s", 1, readings: AdmissionBench.Good(_now)).Accepted.ShouldBe(1);
    }

    [Fact]
    public void What_a_person_releases_counts_though_it_may_have_been_before()
    {
        Invent(20);
        var old = AdmissionBench.Good(AdmissionBench.Now - Day);
        Send("new", "s", 1, readings: old).Reasons.ShouldBe([QuarantineReason.MayBeRepeat]);
        _bench.Release("new", "released-1", 1, _now, old).Accepted.ShouldBe(1);
    }

    [Fact]
    public void Marks_that_version_1_of_the_snapshot_kept_still_hold_and_are_carried_on()
    {
        var state = new StateWriter();
        foreach (var number in new long[] { AdmissionItems.Marks, 1, (long)IdHash.Of(TruckId.Parse("old"), SessionId.Parse("s")), 7 })
        {
            state.Number(number);
        }

        state.EndItem();
        _bench.Admission = AdmissionBench.Loaded(state, Settings);
        _bench.Reload();
        var again = Send("old", "s", 1, 9);
        (again.Accepted, again.Duplicates, again.Message.StoredThrough).ShouldBe((2, 7, 9L));
    }

    /// <summary>Against a twin that remembers everything: with bounds so low that trucks, sessions, ranges and what is remembered of them all give way.</summary>
    [Theory]
    [MemberData(nameof(AdmissionPropertyTests.Seeds), MemberType = typeof(AdmissionPropertyTests))]
    public void Nothing_ever_counts_twice_whatever_was_forgotten_and_however_it_started_anew(int seed)
    {
        var random = new Random(seed);
        var bench = new AdmissionBench(new AdmissionOptions
        {
            Trucks = 4,
            SessionsPerTruck = 2,
            RangesPerSession = 20,
            ForgottenSessionsPerTruck = 1000,
            ForgottenMarks = 5,
            EstablishedReadings = 60,
            EstablishedQuiet = TimeSpan.FromHours(1),
        });
        var (taken, counted) = (new Dictionary<(string, string, long), Reading>(), new HashSet<(string, string, long)>());
        var (repeats, dropped) = (0, 0L);
        for (var step = 0; step < 3000; step++)
        {
            var now = AdmissionBench.Now + (step * Minute);
            var (truck, session) = ($"t{random.Next(14)}", $"s{random.Next(4)}");
            var first = random.Next(1, 60);
            var readings = Enumerable.Range(first, random.Next(1, 6)).Select(sequence =>
            {
                var key = (truck, session, (long)sequence);
                return taken.TryGetValue(key, out var known) ? known : taken[key] = AdmissionBench.Good(now - random.Next(20 * (int)Minute));
            }).ToArray();

            var answer = bench.Send(truck, session, first, 0, random.Next(20) == 0 ? random.Next(1, first + 1) : 0, receivedAtMs: now, readings: readings);

            for (var i = 0; i < readings.Length; i++)
            {
                if (answer.Verdicts[i].IsAccepted)
                {
                    counted.Add((truck, session, first + i)).ShouldBeTrue($"seed {seed}, step {step}: {truck} {session} {first + i} counted twice");
                }

                repeats += answer.Verdicts[i].Reason == QuarantineReason.MayBeRepeat ? 1 : 0;
            }

            foreach (var open in bench.Admission.Sessions.Where(s => !s.Closed && random.Next(3) == 0).ToList())
            {
                bench.Close(open.Truck.Value, open.Id.Value);
            }

            dropped = Math.Max(dropped, bench.Admission.Dropped);
            if (random.Next(100) == 0)
            {
                bench.Restart();
            }
            else if (random.Next(100) == 0)
            {
                bench.Reload();
            }
        }

        counted.Count.ShouldBeGreaterThan(500);
        repeats.ShouldBeGreaterThan(10, "nothing was forgotten, so nothing is tested");
        dropped.ShouldBeGreaterThan(0);
    }

    private AdmissionAnswer Send(string truck, string session, long first, int count = 0, params Reading[] readings) =>
        _bench.Send(truck, session, first, count, receivedAtMs: _now, readings: readings);

    private IEnumerable<string> Known() => _bench.Admission.Trucks.Select(truck => truck.Id.Value);

    /// <summary>A stranger sends under one new name after another, each of which falls silent.</summary>
    private void Invent(int names)
    {
        for (var i = 0; i < names; i++)
        {
            _now += Minute / 2;
            var name = $"invented-{_invented++}";
            Send(name, "s", 1, 2).Accepted.ShouldBe(2);
            _bench.Close(name, "s");
        }
    }

    private void Begin(Restart restart)
    {
        if (restart == Restart.FromJournal)
        {
            _bench.Restart();
        }
        else if (restart == Restart.FromSnapshot)
        {
            _bench.Reload();
        }
    }
}
