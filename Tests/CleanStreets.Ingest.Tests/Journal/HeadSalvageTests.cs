using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Verbs;

namespace CleanStreets.Ingest.Tests.Journal;

/// <summary>A journal file whose head is gone: its records say what stood there, or nothing is made up.</summary>
public sealed class HeadSalvageTests
{
    private static readonly string[] Payloads = ["first", "second, a little longer", "third", "fourth"];

    [Theory]
    [InlineData("zeros")]
    [InlineData("noise")]
    [InlineData("a byte of each copy")]
    public void Every_record_behind_a_damaged_head_is_recovered_and_the_journal_goes_on(string damage)
    {
        using var bench = new JournalBench();
        bench.Write(Payloads);
        var path = bench.OnlyFile;
        Damage(path, damage);
        bench.Read(out var seen).ShouldBe(Payloads.ToList(), "who only looks reads them, too");
        seen.Single().Kind.ShouldBe(JournalDamageKind.Head);

        bench.Write("next");

        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Head);
        bench.Read(out var left).ShouldBe([.. Payloads, "next"]);
        left.ShouldBeEmpty("the head is written anew");
        bench.OnlyFile.ShouldBe(path);
        Directory.EnumerateFiles(Path.Combine(bench.Directory, "damaged"), "*.head").Count().ShouldBe(1, "what stood there is kept");
        bench.Write("and next");
        bench.Damage.ShouldBeEmpty();
        bench.Read().ShouldBe([.. Payloads, "next", "and next"]);
    }

    [Fact]
    public void Damage_that_goes_on_into_the_first_record_loses_that_record_alone_and_says_so()
    {
        using var bench = new JournalBench();
        using (var writer = bench.Open())
        {
            for (var i = 0; i < 6; i++)
            {
                writer.Append(JournalBench.Record("reading " + i) with { FirstSequence = i + 1 });
            }

            writer.Commit();
        }

        var bytes = File.ReadAllBytes(bench.OnlyFile);
        bytes.AsSpan(0, JournalFormat.SegmentHeaderBytes + 80).Clear();
        File.WriteAllBytes(bench.OnlyFile, bytes);
        var (output, error) = (new StringWriter(), new StringWriter());
        JournalCheckCommand.Check(bench.Directory, output, error).ShouldBe(1);
        output.ToString().ShouldContain("truck-1 s-1 accepted 2-6");
        output.ToString().ShouldContain("damaged head, worked out from the records");
        output.ToString().ShouldContain($"missing: truck-1 s-1 1 (damage at {JournalFormat.SegmentHeaderBytes}, unless they never came)");

        bench.Write("next");
        bench.Damage.Select(item => item.Kind).ShouldBe([JournalDamageKind.Head, JournalDamageKind.Middle]);
        bench.Read().ShouldBe(["reading 1", "reading 2", "reading 3", "reading 4", "reading 5", "next"]);
    }

    [Fact]
    public void File_in_the_middle_keeps_its_place_between_its_neighbours()
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        var payloads = Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 9000)).ToArray();
        bench.Write(payloads);
        var files = JournalSegmentFile.List(bench.Directory, []);
        files.Count.ShouldBeGreaterThan(3);
        Damage(files[1].Path, "noise");

        bench.Write("next");

        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Head);
        bench.Read(out var left).ShouldBe([.. payloads, "next"]);
        left.ShouldBeEmpty();
        JournalSegmentFile.List(bench.Directory, [])[1].Header.CreatedAtMs.ShouldBe(JournalBench.Record("x").ReceivedAtMs, "no earlier than its first record");
    }

    [Fact]
    public void Single_record_that_nothing_vouches_for_is_set_aside_and_never_made_up()
    {
        using var bench = new JournalBench();
        bench.Write("alone");
        Damage(bench.OnlyFile, "zeros");

        bench.Write("next");

        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Alien);
        bench.Read().ShouldBe(["next"]);
    }

    [Fact]
    public void Single_record_is_recovered_when_the_salt_still_stands_in_one_copy()
    {
        using var bench = new JournalBench();
        bench.Write("alone");
        var bytes = File.ReadAllBytes(bench.OnlyFile);
        bytes[0] ^= 1;
        bytes[JournalFormat.SegmentHeaderCopyBytes] ^= 1;
        File.WriteAllBytes(bench.OnlyFile, bytes);

        bench.Write("next");

        bench.Damage.Single().Kind.ShouldBe(JournalDamageKind.Head);
        bench.Read().ShouldBe(["alone", "next"]);
    }

    [Fact]
    public void Records_of_a_sender_s_own_making_give_no_head()
    {
        using var bench = new JournalBench();

        // Two records that agree with each other, made for the very place in the file at which they come to lie.
        using (var writer = bench.Open())
        {
            var (forged, at) = (new byte[2 * JournalBench.Record("forged").Length], JournalFormat.SegmentHeaderBytes + JournalFormat.RecordHeaderBytes + 2);
            JournalBench.Record("forged").Write(forged.AsSpan(0, forged.Length / 2), salt: 77, at);
            JournalBench.Record("forged").Write(forged.AsSpan(forged.Length / 2), salt: 77, at + (forged.Length / 2));
            writer.Append(new JournalRecord { Type = JournalRecordType.Readings, Id = "t"u8, Session = "s"u8, Payload = forged });
            writer.Append(JournalBench.Record("honest, and long enough to be more than what was forged: " + new string('x', 300)));
            writer.Append(JournalBench.Record("honest, too"));
            writer.Commit();
        }

        Damage(bench.OnlyFile, "zeros");
        bench.Read().Count(payload => payload.StartsWith("honest", StringComparison.Ordinal)).ShouldBe(2);
        bench.Read().ShouldNotContain("forged");

        // The same with the honest ones gone: what is left is less than half of the file.
        var bytes = File.ReadAllBytes(bench.OnlyFile);
        bytes.AsSpan(JournalFormat.SegmentHeaderBytes + JournalFormat.RecordHeaderBytes + 2 + (2 * JournalBench.Record("forged").Length)).Clear();
        File.WriteAllBytes(bench.OnlyFile, bytes);
        bench.Read().ShouldBeEmpty();
    }

    [Fact]
    public void Whole_head_of_a_later_version_is_not_taken_for_a_damaged_one()
    {
        using var bench = new JournalBench();
        bench.Write(Payloads);
        var bytes = File.ReadAllBytes(bench.OnlyFile);
        foreach (var copy in new[] { 0, JournalFormat.SegmentHeaderCopyBytes })
        {
            bytes[copy + 8] = 2;
            BitConverter.TryWriteBytes(bytes.AsSpan(copy + 60), JournalChecksum.Of(bytes.AsSpan(copy, 60)));
        }

        File.WriteAllBytes(bench.OnlyFile, bytes);
        bench.Read(out var damage).ShouldBeEmpty();
        damage.Single().Kind.ShouldBe(JournalDamageKind.Alien);
    }

    private static void Damage(string path, string damage)
    {
        var bytes = File.ReadAllBytes(path);
        var head = bytes.AsSpan(0, JournalFormat.SegmentHeaderBytes);
        switch (damage)
        {
            case "zeros":
                head.Clear();
                break;
            case "noise":
                new Random(5).NextBytes(head);
                break;
            default:
                head[SegmentHeader.OffsetSalt + 3] ^= 0x10;
                head[JournalFormat.SegmentHeaderCopyBytes + SegmentHeader.OffsetSalt + 5] ^= 0x10;
                break;
        }

        File.WriteAllBytes(path, bytes);
    }
}
