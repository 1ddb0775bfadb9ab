using System.Globalization;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Admit;

/// <summary>A reading counts for a truck only when its box sat there when it was taken.</summary>
public sealed class AssignmentTests : IDisposable
{
    private const long Minute = 60_000, Hour = 60 * Minute;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly AssignmentWatch _watch;
    private readonly AdmissionBench _bench = new(new AdmissionOptions());

    public AssignmentTests()
    {
        _path = _folder.Combine("assignments.csv");
        Write($"box-1,truck-1,{Iso(-2 * Hour)},{Iso(-Hour)}", $"box-1,truck-2,{Iso(-Hour)},", $"box-2,truck-1,{Iso(-Hour)},");
        _watch = new AssignmentWatch(_path, TimeProvider.System, NullLogger.Instance);
        _bench.Admission.Assignments = _watch;
    }

    public void Dispose()
    {
        _watch.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("truck-1", "box-2", 0, true)]
    [InlineData("truck-2", "box-1", 0, true)]
    [InlineData("truck-1", "box-1", 0, false)] // It sits on another truck now.
    [InlineData("truck-1", "box-1", -90 * Minute, true)] // It sat there then: late readings of a moved box.
    [InlineData("truck-2", "box-1", -90 * Minute, false)]
    [InlineData("truck-1", "box-2", -90 * Minute, false)] // The box of now did not sit there yet.
    [InlineData("truck-1", "box-1", -Hour + (Minute / 2), true)] // A box hears a moment later that it was moved.
    [InlineData("truck-1", "box-1", -Hour + (2 * Minute), false)]
    [InlineData("truck-1", "box-9", 0, false)]
    [InlineData("truck-1", null, 0, false)]
    public void Reading_is_judged_by_where_its_box_sat_when_it_was_taken(string truck, string? device, long offsetMs, bool counts)
    {
        var answer = Send(truck, device, device, 1, offsetMs);
        answer.Reasons.ShouldBe(counts ? [] : [QuarantineReason.BoxNotAssigned]);
        answer.Message.StoredThrough.ShouldBe(1, "what is set aside is acknowledged too: poison does not block the good");
    }

    [Fact]
    public void Box_cannot_send_in_the_name_of_the_one_that_sits_there()
    {
        Send("truck-1", sender: "box-1", device: "box-2", 1).Reasons.ShouldBe([QuarantineReason.BoxNotAssigned]);
        Send("truck-1", sender: "gateway", device: "box-2", 2).Reasons.ShouldBeEmpty("who is no box may bring what boxes took");
        Send("truck-1", sender: null, device: "box-2", 3).Reasons.ShouldBeEmpty("it came another way");
    }

    [Fact]
    public void One_batch_over_the_moment_of_a_swap_is_judged_reading_by_reading()
    {
        Reading[] readings = [AdmissionBench.Good(AdmissionBench.Now - (2 * Hour) + 1), AdmissionBench.Good(AdmissionBench.Now - Hour - 1), AdmissionBench.Good(AdmissionBench.Now - (Hour / 2))];
        var answer = Send("truck-1", "box-1", "box-1", 1, 0, readings);
        answer.Verdicts.Select(verdict => verdict.Reason).ShouldBe([QuarantineReason.None, QuarantineReason.None, QuarantineReason.BoxNotAssigned]);
    }

    [Fact]
    public void Assignment_that_was_just_written_counts_for_the_very_next_reading()
    {
        Send("truck-7", "box-7", "box-7", 1).Reasons.ShouldBe([QuarantineReason.BoxNotAssigned]);
        Write($"box-7,truck-7,{Iso(-Minute)},");
        File.SetLastWriteTimeUtc(_path, DateTime.UnixEpoch.AddDays(20_000)); // Another time than before, however coarse the disk's clock is.
        Send("truck-7", "box-7", "box-7", 2).Reasons.ShouldBeEmpty();
    }

    [Fact]
    public void File_is_looked_at_once_for_all_readings_of_a_message_that_are_set_aside()
    {
        var readings = Enumerable.Range(0, 50).Select(i => AdmissionBench.Good(AdmissionBench.Now + i)).ToArray();
        _bench.Send("truck-7", "s", 1, readings.Length, readings: readings, sender: "box-7", device: "box-7").Reasons.Count(reason => reason == QuarantineReason.BoxNotAssigned).ShouldBe(50);
        _bench.Admission.Assignments!.Looks.ShouldBe(1);
    }

    [Fact]
    public void File_that_becomes_wrong_changes_nothing()
    {
        Write("box-1,truck-1");
        File.SetLastWriteTimeUtc(_path, DateTime.UnixEpoch.AddDays(20_001));
        Send("truck-1", "box-9", "box-9", 1).Reasons.ShouldBe([QuarantineReason.BoxNotAssigned]);
        Send("truck-1", "box-2", "box-2", 2).Reasons.ShouldBeEmpty();
        Should.Throw<UsageException>(() => new AssignmentWatch(_path, TimeProvider.System, NullLogger.Instance)).Message.ShouldContain("line 2");
        Should.Throw<UsageException>(() => new AssignmentWatch(_folder.Combine("none"), TimeProvider.System, NullLogger.Instance)).Message.ShouldContain("--mqtt-assignments");
    }

    [Fact]
    public void Decision_is_in_the_journal_and_a_restart_keeps_it()
    {
        Send("truck-1", "box-1", "box-1", 1);
        Write($"box-1,truck-1,{Iso(-Hour)},");
        _bench.Restart();
        _bench.Session("truck-1", "s").StoredThrough.ShouldBe(1);
    }

    private AdmissionAnswer Send(string truck, string? sender, string? device, long sequence, long offsetMs = 0, params Reading[] readings) => _bench.Send(
        truck, "s", sequence, 1, readings: readings.Length > 0 ? readings : [AdmissionBench.Good(AdmissionBench.Now + offsetMs)], sender: sender, device: device);

    private static string Iso(long offsetMs) => DateTimeOffset.FromUnixTimeMilliseconds(AdmissionBench.Now + offsetMs).ToString("O", CultureInfo.InvariantCulture);

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines.Prepend("deviceId,truckId,from,to"));
}
