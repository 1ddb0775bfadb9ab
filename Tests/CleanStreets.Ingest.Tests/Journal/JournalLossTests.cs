using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Verbs;

namespace CleanStreets.Ingest.Tests.Journal;

/// <summary>What a check says about the sequences that damage took.</summary>
public sealed class JournalLossTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly List<(long Position, int Length)> _records = [];

    [Fact]
    public void Sequences_in_the_damaged_stretch_are_named_for_each_truck_and_session()
    {
        Write(("a", "s-1", 1, 10), ("b", "s-1", 1, 5), ("a", "s-1", 11, 20), ("b", "s-1", 6, 2), ("a", "s-1", 31, 5), ("b", "s-1", 8, 1), ("c", "s-2", 1, 1));
        Damage(2, 3);

        var (code, lines) = Check();

        code.ShouldBe(1);
        lines.ShouldContain($"missing: a s-1 11-30 (damage at {_records[2].Position}, unless they never came)");
        lines.ShouldContain($"missing: b s-1 6-7 (damage at {_records[2].Position}, unless they never came)");
        lines.Count(line => line.StartsWith("missing", StringComparison.Ordinal)).ShouldBe(2, string.Join('\n', lines));
        lines.ShouldNotContain(line => line.StartsWith("unknown", StringComparison.Ordinal) || line.StartsWith("lost", StringComparison.Ordinal));
    }

    [Fact]
    public void First_sequences_of_a_session_and_two_damaged_places_are_told_apart()
    {
        Write(("a", "s-1", 1, 10), ("b", "s-1", 1, 5), ("a", "s-1", 11, 10), ("b", "s-1", 6, 5), ("a", "s-1", 21, 10), ("b", "s-1", 11, 5));
        Damage(1);
        Damage(4);

        var lines = Check().Lines;

        lines.ShouldContain($"missing: b s-1 1-5 (damage at {_records[1].Position}, unless they never came)");
        lines.ShouldContain($"unknown: a s-1 from 21 on (nothing of this session follows the damage at {_records[4].Position})");
        lines.Count(line => line.StartsWith("missing", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', lines));
    }

    [Fact]
    public void Hole_that_was_there_without_damage_and_closed_sessions_are_nothing()
    {
        Write(("a", "s-1", 1, 10), ("a", "s-1", 21, 10), ("old", "s-0", 1, 3), ("x", "s-1", 1, 1), ("a", "s-1", 31, 10));
        Damage(3);
        Check().Lines.ShouldNotContain(line => line.StartsWith("missing: a", StringComparison.Ordinal));

        using var closed = new JournalLossTests();
        closed.Write(("old", "s-0", 1, 3), ("old", "s-0", 0, 0), ("x", "s-1", 1, 1), ("a", "s-1", 1, 10));
        closed.Damage(2);
        closed.Check().Lines.ShouldNotContain(line => line.Contains("old s-0", StringComparison.Ordinal) && !line.Contains("accepted", StringComparison.Ordinal));
    }

    [Fact]
    public void End_that_a_start_cut_is_remembered_when_the_truck_goes_on()
    {
        Write(("a", "s-1", 1, 10), ("a", "s-1", 11, 10));
        var bytes = File.ReadAllBytes(_bench.OnlyFile);
        File.WriteAllBytes(_bench.OnlyFile, bytes[..^3]);
        Write(("a", "s-1", 21, 10));
        Check().Lines.ShouldContain($"missing: a s-1 11-20 (damage at {_records[1].Position}, unless they never came)");
    }

    [Fact]
    public void File_that_a_start_set_aside_for_its_damaged_head_is_damage_and_its_sequences_are_named()
    {
        _bench.Options.SegmentBytes = 1; // A file for each record.
        Write(("a", "s-1", 1, 10), ("a", "s-1", 11, 10));
        var newest = JournalSegmentFile.List(_bench.Directory, [])[^1];
        using (var file = File.OpenWrite(newest.Path))
        {
            file.Write(new byte[JournalFormat.SegmentHeaderBytes]);
        }

        Write(("a", "s-1", 21, 10));

        var (code, lines) = Check();
        code.ShouldBe(1);
        lines.ShouldContain(line => line.StartsWith("damage: ", StringComparison.Ordinal) && line.EndsWith(".alien", StringComparison.Ordinal), string.Join('\n', lines));
        lines.ShouldContain($"missing: a s-1 11-20 (damage at {newest.Header.BasePosition}, unless they never came)");
    }

    [Fact]
    public void What_admission_knew_is_lost_for_sure_even_where_nothing_follows()
    {
        var losses = new JournalLosses([new JournalDamage(JournalDamageKind.Middle, "f", Position: 1000, Length: 100)], isWhole: true);
        losses.Count(Record("a", "s-1", 1, 10) with { Position = 500 });
        losses.Count(Record("a", "s-1", 21, 10) with { Position = 2000 });
        losses.Count(Record("b", "s-1", 1, 10) with { Position = 600 });
        losses.Knew(SessionAdmission.Resumed(TruckId.Parse("a"), SessionId.Parse("s-1"), 15));
        losses.Knew(SessionAdmission.Resumed(TruckId.Parse("b"), SessionId.Parse("s-1"), 12));
        losses.Find().Select(loss => loss.ToString()).ShouldBe(
        [
            "lost: a s-1 11-15 (damage at 1000)",
            "missing: a s-1 16-20 (damage at 1000, unless they never came)",
            "lost: b s-1 11-12 (damage at 1000)",
            "unknown: b s-1 from 13 on (nothing of this session follows the damage at 1000)",
        ]);
    }

    [Fact]
    public void Repeat_proves_that_its_original_was_there()
    {
        var losses = new JournalLosses([new JournalDamage(JournalDamageKind.Middle, "f", Position: 1000, Length: 100)], isWhole: true);
        losses.Count(Record("a", "s-1", 1, 10) with { Position = 500 });
        byte[] verdicts = [Verdict.Duplicate.Value, Verdict.Duplicate.Value, Verdict.Accepted.Value];
        losses.Count(Record("a", "s-1", 11, 3) with { Position = 2000, Verdicts = verdicts, Flags = JournalRecordFlags.HasVerdicts });
        losses.Find().Select(loss => loss.ToString()).ShouldBe(["lost: a s-1 11-12 (damage at 1000)"]);
    }

    public void Dispose() => _bench.Dispose();

    private static JournalRecord Record(string truck, string session, long first, int count) => new()
    {
        Type = count == 0 ? JournalRecordType.SessionClosed : JournalRecordType.Readings,
        ReceivedAtMs = 1_700_000_000_000,
        FirstSequence = first,
        ReadingCount = count,
        Id = Encoding.ASCII.GetBytes(truck),
        Session = Encoding.ASCII.GetBytes(session),
        Payload = "payload"u8,
    };

    private void Write(params (string Truck, string Session, long First, int Count)[] records)
    {
        using var writer = _bench.Open();
        foreach (var (truck, session, first, count) in records)
        {
            var record = Record(truck, session, first, count);
            _records.Add((writer.Append(in record), record.Length));
        }

        writer.Commit();
    }

    private void Damage(params int[] records)
    {
        var bytes = File.ReadAllBytes(_bench.OnlyFile);
        foreach (var record in records)
        {
            bytes[_records[record].Position + _records[record].Length - 1] ^= 0x10;
        }

        File.WriteAllBytes(_bench.OnlyFile, bytes);
    }

    private (int Code, string[] Lines) Check()
    {
        using var output = new StringWriter();
        var code = JournalCheckCommand.Check(_bench.Directory, output, TextWriter.Null);
        return (code, output.ToString().Split(Environment.NewLine));
    }
}
