using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;

namespace CleanStreets.Ingest.Tests.Admit;

public sealed class AdmissionTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    private readonly AdmissionBench _bench = new(new AdmissionOptions { SessionsPerTruck = 3, RangesPerSession = 4, ForgottenSessionsPerTruck = 2 });

    [Fact]
    public void Same_batch_twice_counts_once_and_writes_once()
    {
        _bench.Send("t", "s", 1, 20).Accepted.ShouldBe(20);
        var again = _bench.Send("t", "s", 1, 20);
        (again.Duplicates, again.Message.Journalled, again.Message.StoredThrough).ShouldBe((20, false, 20L));
    }

    [Fact]
    public void Batch_that_overlaps_is_accepted_in_part()
    {
        _bench.Send("t", "s", 1, 10);
        var answer = _bench.Send("t", "s", 6, 10);
        (answer.Accepted, answer.Duplicates, answer.Message.StoredThrough).ShouldBe((5, 5, 15L));
    }

    [Fact]
    public void Mark_stops_before_a_hole_and_goes_on_when_it_is_filled()
    {
        _bench.Send("t", "s", 1, 10);
        _bench.Send("t", "s", 21, 10).Message.StoredThrough.ShouldBe(10);
        _bench.Send("t", "s", 11, 10).Message.StoredThrough.ShouldBe(30);
    }

    [Fact]
    public void Oldest_sequence_lets_the_mark_pass_what_is_gone_from_the_truck()
    {
        _bench.Send("t", "s", 1, 5);
        _bench.Send("t", "s", 101, 10, oldest: 101).Message.StoredThrough.ShouldBe(110);
        _bench.Send("t", "s", 50, 5).Accepted.ShouldBe(5, "gone from the truck is not in the journal: what was still on its way counts");
    }

    [Fact]
    public void Oldest_sequence_in_a_repeat_is_remembered_over_a_restart()
    {
        _bench.Send("t", "s", 10, 5);
        _bench.Send("t", "s", 10, 5, oldest: 10).Message.StoredThrough.ShouldBe(14);
        _bench.Restart();
        _bench.Session("t", "s").StoredThrough.ShouldBe(14);
    }

    [Fact]
    public void Sessions_of_one_truck_stand_side_by_side()
    {
        _bench.Send("t", "live", 1, 10);
        _bench.Send("t", "backlog", 1, 10).Accepted.ShouldBe(10);
        _bench.Send("u", "live", 1, 10).Accepted.ShouldBe(10);
    }

    [Fact]
    public void Quarantined_reading_is_settled_and_does_not_hold_the_mark()
    {
        var bad = AdmissionBench.Good(AdmissionBench.Now) with { Fault = QuarantineReason.PositionOutOfRange };
        var good = AdmissionBench.Good(AdmissionBench.Now);
        var answer = _bench.Send("t", "s", 1, 3, readings: [good, bad, good]);
        answer.Reasons.ShouldBe([QuarantineReason.PositionOutOfRange]);
        (answer.Accepted, answer.Message.StoredThrough).ShouldBe((2, 3L));
        _bench.Send("t", "s", 2, 1).Duplicates.ShouldBe(1);
    }

    [Fact]
    public void More_holes_than_are_remembered_are_quarantined_and_nothing_else_suffers()
    {
        foreach (var first in new[] { 1, 11, 21, 31 })
        {
            _bench.Send("t", "s", first, 1).Accepted.ShouldBe(1);
        }

        _bench.Send("t", "s", 41, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded]);
        _bench.Send("t", "s", 2, 9).Accepted.ShouldBe(9);
        _bench.Send("t", "s", 41, 1).Accepted.ShouldBe(1, "a filled hole makes room");
    }

    [Fact]
    public void Message_without_a_place_in_the_window_opens_no_trace_live_or_replayed()
    {
        foreach (var session in new[] { "a", "b", "c" })
        {
            _bench.Send("t", session, 1, 1);
        }

        var live = _bench.Send("t", "d", 1, 1).Message.TraceStart;
        _bench.Restart();

        _bench.Restored[^1].TraceStart.ShouldBe(live);
        live.ShouldBeLessThan(0);
    }

    [Fact]
    public void New_session_takes_the_place_of_the_one_closed_longest_ago()
    {
        foreach (var session in new[] { "a", "b", "c" })
        {
            _bench.Send("t", session, 1, 1);
        }

        _bench.Send("t", "d", 1, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded], "all three are open");
        _bench.Close("t", "b");
        _bench.Send("t", "d", 1, 1).Accepted.ShouldBe(1);
        _bench.Send("t", "b", 1, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded], "an old recording played back is not new");
        _bench.Restart();
        _bench.Send("t", "b", 1, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded]);
        _bench.Send("t", "a", 1, 1).Duplicates.ShouldBe(1);
    }

    [Fact]
    public void Invented_trucks_lock_nobody_out_and_an_established_truck_keeps_its_place()
    {
        var bench = new AdmissionBench(new AdmissionOptions { Trucks = 5, EstablishedReadings = 10 });
        bench.Send("real", "s", 1, 10).Accepted.ShouldBe(10);
        bench.Close("real", "s");
        foreach (var invented in new[] { "a", "b", "c", "d" })
        {
            bench.Send(invented, "s", 1, 3).Accepted.ShouldBe(3);
        }

        bench.Admission.IsCrowded.ShouldBeTrue("so trucks on probation are closed after a minute of silence");
        bench.Send("new", "s", 1, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded], "all who may have to go are awake");
        bench.Close("a", "s");

        bench.Send("new", "s", 1, 1).Accepted.ShouldBe(1, "who was silent longest makes room");

        bench.Admission.Trucks.Select(truck => truck.Id.Value).ShouldBe(["b", "c", "d", "new", "real"], ignoreOrder: true);
        bench.Restart();
        var again = bench.Send("a", "s", 1, 3);
        (again.Duplicates, again.Message.StoredThrough, again.Message.Journalled).ShouldBe((3, 3L, false), "its mark is still known");
        bench.Close("b", "s");
        again = bench.Send("a", "s", 2, 4);
        (again.Accepted, again.Duplicates, again.Message.StoredThrough).ShouldBe((2, 2, 5L), "and it can come back");
    }

    [Fact]
    public void Established_truck_gives_way_only_after_weeks_of_silence()
    {
        var bench = new AdmissionBench(new AdmissionOptions { Trucks = 2, EstablishedReadings = 10 });
        foreach (var truck in new[] { "old", "older" })
        {
            bench.Send(truck, "s", 1, 10);
            bench.Close(truck, "s");
        }

        bench.Send("new", "s", 1, 1, receivedAtMs: AdmissionBench.Now + (29 * Day)).Reasons.ShouldBe([QuarantineReason.WindowExceeded]);
        bench.Send("new", "s", 1, 1, receivedAtMs: AdmissionBench.Now + (30 * Day)).Accepted.ShouldBe(1);
    }

    [Fact]
    public void Wrong_clock_is_corrected_by_when_the_batch_was_sent()
    {
        const long off = -20 * 365 * Day;
        var reading = AdmissionBench.Good(AdmissionBench.Now + off - 5000);
        var answer = _bench.Send("t", "s", 1, 1, sentAtMs: AdmissionBench.Now + off, readings: [reading]);
        answer.Accepted.ShouldBe(1);
        answer.Message.ClockShiftMs.ShouldBe(-off);
        answer.Readings[0].CapturedAtMs.ShouldBe(AdmissionBench.Now - 5000);
    }

    [Fact]
    public void Reading_from_the_future_is_quarantined()
    {
        _bench.Send("t", "s", 1, 1, readings: [AdmissionBench.Good(AdmissionBench.Now + Day + 1)]).Reasons
            .ShouldBe([QuarantineReason.CapturedAtInFuture]);
        _bench.Send("t", "s", 2, 1, readings: [AdmissionBench.Good(AdmissionBench.Now + Day)]).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, null, 0)] // right
    [InlineData(60_000, null, 0)] // within tolerance
    [InlineData(60_001, null, 60_001)] // slow clock, or waited: nothing is known yet
    [InlineData(-3 * Day, null, -3 * Day)] // fast clock: waiting cannot explain it
    [InlineData(2 * Hour, 0L, 0)] // the clock was right before, so the message waited
    [InlineData(8 * Day, 0L, 8 * Day)] // longer than any message waits: the clock was set back
    [InlineData(-3 * Day, 0L, -3 * Day)] // the clock was set forward
    [InlineData(0, -3 * Day, 0)] // the clock was put right
    public void Clock_shift_follows_what_waiting_can_and_cannot_explain(long skew, long? known, long expected) =>
        ClockSkewPolicy.Shift(AdmissionBench.Now, AdmissionBench.Now - skew, known, new AdmissionOptions()).ShouldBe(expected);

    [Fact]
    public void Message_without_time_of_sending_is_not_shifted() =>
        ClockSkewPolicy.Shift(AdmissionBench.Now, 0, 5000, new AdmissionOptions()).ShouldBe(0);
}
