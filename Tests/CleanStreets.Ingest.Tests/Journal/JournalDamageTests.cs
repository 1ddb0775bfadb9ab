using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Tests.Journal;

public sealed class JournalDamageTests
{
    private static readonly string[] Payloads = ["first", "second, a little longer", "third"];

    [Fact]
    public void Journal_cut_anywhere_keeps_every_whole_record_and_takes_new_ones()
    {
        using var written = new JournalBench();
        written.Write(Payloads);
        var bytes = File.ReadAllBytes(written.OnlyFile);
        var ends = Ends();
        for (var length = JournalFormat.SegmentHeaderBytes; length < bytes.Length; length++)
        {
            using var bench = Restore(bytes[..length], Path.GetFileName(written.OnlyFile));
            var whole = ends.Count(end => end <= length);
            bench.Write("after the cut");
            bench.Read(out var damage).ShouldBe([.. Payloads.Take(whole), "after the cut"], $"cut to {length} bytes");
            damage.ShouldBeEmpty();
            bench.Damage.Count.ShouldBe(ends.Contains(length) || length == JournalFormat.SegmentHeaderBytes ? 0 : 1);
        }
    }

    [Fact]
    public void Journal_with_any_byte_flipped_loses_at_most_the_record_that_holds_it()
    {
        using var written = new JournalBench();
        written.Write(Payloads);
        var bytes = File.ReadAllBytes(written.OnlyFile);
        var ends = Ends();
        for (var at = 0; at < bytes.Length; at++)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 0x40;
            using var bench = Restore(flipped, Path.GetFileName(written.OnlyFile));
            var hit = at < JournalFormat.SegmentHeaderBytes ? -1 : ends.FindIndex(end => at < end);
            bench.Write("after the damage");
            bench.Read().ShouldBe([.. Payloads.Where((_, i) => i != hit), "after the damage"], $"byte {at} flipped");
            bench.Damage.Count.ShouldBe(hit < 0 ? 0 : 1);
        }
    }

    [Fact]
    public void Damaged_end_is_kept_for_diagnosis_before_it_is_cut()
    {
        using var bench = new JournalBench();
        bench.Write(Payloads);
        var bytes = File.ReadAllBytes(bench.OnlyFile);
        File.WriteAllBytes(bench.OnlyFile, bytes[..^2]);

        bench.Write("next");

        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Tail);
        bench.Damage.Single().Detail.ShouldNotBeNull().ShouldContain("truck-1");
        var kept = Directory.EnumerateFiles(Path.Combine(bench.Directory, "damaged")).Single();
        File.ReadAllBytes(kept).ShouldBe(bytes[(int)Ends()[1]..^2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(5000)]
    public void File_of_zeros_is_set_aside_and_the_journal_begins_behind_it(int length)
    {
        using var bench = Restore(new byte[length], JournalSegmentFile.NameOf(0));
        bench.Write("anew");
        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Alien);
        bench.Read().ShouldBe(["anew"]);
        Directory.EnumerateFiles(Path.Combine(bench.Directory, "damaged")).Count().ShouldBe(1);
    }

    [Fact]
    public void Alien_file_is_set_aside_and_positions_go_on_behind_it()
    {
        using var bench = Restore("#!/bin/sh\necho not a journal\n"u8.ToArray(), JournalSegmentFile.NameOf(7000));
        using (var writer = bench.Open())
        {
            writer.Position.ShouldBeGreaterThan(7000);
            writer.Append(JournalBench.Record("ours"));
            writer.Commit();
        }

        bench.Read(out var damage).ShouldBe(["ours"]);
        damage.ShouldBeEmpty();
    }

    [Fact]
    public void Zeros_behind_the_last_record_are_no_damage()
    {
        using var bench = new JournalBench();
        bench.Write(Payloads);
        using (var file = new FileStream(bench.OnlyFile, FileMode.Append))
        {
            file.Write(new byte[4096]);
        }

        bench.Write("next");
        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Zeros);
        bench.Read(out var damage).ShouldBe([.. Payloads, "next"]);
        damage.ShouldBeEmpty();
    }

    [Fact]
    public void Store_that_is_ahead_of_a_lost_journal_never_sees_a_position_twice()
    {
        using var bench = new JournalBench();
        bench.Write(Payloads);
        using (var writer = bench.Open(notBefore: 1_000_000))
        {
            writer.Append(JournalBench.Record("far behind")).ShouldBeGreaterThan(1_000_000);
            writer.Commit();
        }

        bench.Read(out var damage).ShouldBe([.. Payloads, "far behind"]);
        damage.ShouldBeEmpty();
    }

    [Fact]
    public void Record_inside_a_payload_is_never_taken_for_one_after_damage()
    {
        using var bench = new JournalBench();
        var forged = new byte[JournalBench.Record("forged").Length];
        JournalBench.Record("forged").Write(forged, salt: 0, fileOffset: 0);
        using (var writer = bench.Open())
        {
            writer.Append(new JournalRecord { Type = JournalRecordType.Readings, Id = "t"u8, Session = "s"u8, Payload = forged });
            writer.Append(JournalBench.Record("honest"));
            writer.Commit();
        }

        var bytes = File.ReadAllBytes(bench.OnlyFile);
        bytes[JournalFormat.SegmentHeaderBytes + JournalFormat.OffsetType] ^= 1;
        File.WriteAllBytes(bench.OnlyFile, bytes);
        bench.Read(out var damage).ShouldBe(["honest"]);
        damage.Single().Kind.ShouldBe(JournalDamageKind.Middle);
    }

    private static JournalBench Restore(byte[] bytes, string name)
    {
        var bench = new JournalBench();
        Directory.CreateDirectory(bench.Directory);
        File.WriteAllBytes(Path.Combine(bench.Directory, name), bytes);
        return bench;
    }

    private static List<long> Ends()
    {
        var ends = new List<long>();
        long end = JournalFormat.SegmentHeaderBytes;
        foreach (var payload in Payloads)
        {
            ends.Add(end += JournalBench.Record(payload).Length);
        }

        return ends;
    }
}
