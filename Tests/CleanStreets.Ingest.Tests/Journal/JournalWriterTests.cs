using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Observe;

namespace CleanStreets.Ingest.Tests.Journal;

public sealed class JournalWriterTests
{
    [Fact]
    public void Record_layout_of_version_1_stays_readable()
    {
        var record = new JournalRecord
        {
            Type = JournalRecordType.Readings,
            Flags = JournalRecordFlags.HasVerdicts | JournalRecordFlags.ClockChecked,
            Reason = QuarantineReason.None,
            ReceivedAtMs = 1_764_000_000_123,
            ClockShiftMs = -5,
            FirstSequence = 18234,
            OldestSequence = 17001,
            ReadingCount = 2,
            Id = "truck-017"u8,
            Session = "b7"u8,
            Verdicts = [0, 255],
            Payload = "{}"u8,
        };
        var bytes = new byte[record.Length];
        record.Write(bytes, salt: 0x0102_0304_0506_0708, fileOffset: 128);
        Convert.ToHexString(bytes).ShouldBe(
            "43536A52" + "4F000000" + "8923E822" + "01" + "03" + "00" + "09" + "02" + "000000" + "02000000" +
            "7BE897B69A010000" + "FBFFFFFFFFFFFFFF" + "3A47000000000000" + "6942000000000000" + "02000000" + "00000000" +
            "747275636B2D303137" + "6237" + "00FF" + "7B7D");
        JournalRecord.TryRead(bytes, 0x0102_0304_0506_0708, 128, 999, out var read).ShouldBeTrue();
        (read.IdText, read.SessionText, read.OldestSequence, read.End).ShouldBe(("truck-017", "b7", 17001L, 999L + bytes.Length));
        JournalRecord.TryRead(bytes, 0x0102_0304_0506_0708, 129, 999, out _).ShouldBeFalse("a record belongs to its place");
        JournalRecord.TryRead(bytes, 0x0102_0304_0506_0709, 128, 999, out _).ShouldBeFalse("a record belongs to its file");
    }

    [Fact]
    public void Checksum_is_that_of_rfc_3720() =>
        JournalChecksum.Of("123456789"u8).ShouldBe(0xE306_9283u);

    [Fact]
    public void Journal_goes_on_in_a_new_file_when_one_is_full()
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        var payloads = Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 5000)).ToArray();
        bench.Write(payloads[..20]);
        bench.Write(payloads[20..]);
        Directory.EnumerateFiles(bench.Directory).Count().ShouldBeGreaterThan(2);
        bench.Read(out var damage).ShouldBe(payloads);
        damage.ShouldBeEmpty();
    }

    [Fact]
    public void Missing_file_in_the_middle_is_reported()
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        bench.Write(Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 5000)).ToArray());
        File.Delete(Directory.EnumerateFiles(bench.Directory).Order(StringComparer.Ordinal).ElementAt(1));
        bench.Read(out var damage).Count.ShouldBeLessThan(40);
        damage.Single().Kind.ShouldBe(JournalDamageKind.Missing);
    }

    [Fact]
    public void Nothing_is_readable_before_commit_and_everything_after()
    {
        using var bench = new JournalBench();
        using var writer = bench.Open();
        writer.Append(JournalBench.Record("waits"));
        bench.Read().ShouldBeEmpty();
        writer.Commit();
        bench.Read().ShouldBe(["waits"]);
    }

    [Fact]
    public void Opening_puts_what_an_earlier_process_wrote_on_the_disk_before_it_is_replayed()
    {
        using var bench = new JournalBench();
        bench.Write("written, and perhaps never synced");
        var opened = new List<FailingJournalFile>();
        bench.OpenFile = (path, mode) =>
        {
            opened.Add(new FailingJournalFile(new DiskJournalFile(path, mode)));
            return opened[^1];
        };

        using var writer = bench.Open();

        opened[0].Flushes.ShouldBe(1);
        bench.OpenFile = (path, mode) => new FailingJournalFile(new DiskJournalFile(path, mode)) { Fails = DiskStep.Flush };
        Should.Throw<IOException>(() => bench.Open(), "what cannot be put on the disk must not be acknowledged");
    }

    [Fact]
    public void Opening_replays_what_the_disk_holds_and_not_what_the_page_cache_shows_after_a_failed_fsync()
    {
        using var bench = new JournalBench();
        bench.Write("on the disk");
        var safe = new FileInfo(bench.OnlyFile).Length;
        bench.Write("in the page cache alone");
        bench.LetGo = (_, length) =>
        {
            length.ShouldBeGreaterThan(safe);
            using var disk = new FileStream(bench.OnlyFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            disk.Position = safe;
            disk.Write(new byte[length - safe]);
        };

        using (var writer = bench.Open())
        {
            writer.Position.ShouldBe(safe, "the next record takes the place of the one that was lost");
        }

        bench.Read().ShouldBe(["on the disk"]);
    }

    [Theory]
    [InlineData(DiskStep.Write)]
    [InlineData(DiskStep.Flush)]
    [InlineData(DiskStep.Flush, 28)] // A disk that is full only at the fsync: what it kept nobody knows.
    public async Task Journal_that_fails_passes_nothing_on_and_is_not_tried_again(DiskStep step, int error = 5)
    {
        using var bench = new JournalBench();
        FailingJournalFile? disk = null;
        bench.OpenFile = (path, mode) => disk = new FailingJournalFile(new DiskJournalFile(path, mode));
        using var writer = bench.Open();
        (disk!.Fails, disk.Error) = (step, error);
        var pool = new BatchPool(4, 320 * 1024);
        var (input, output) = (StageLoop.Queue<IngestBatch>(4), StageLoop.Queue<IngestBatch>(4));
        var fates = new Fates();
        var stage = new JournalStage(
            input.Reader, output.Writer, writer, pool, bench.Options, TimeProvider.System, new JournalProgress(), bench.Room(pool), fates, Durations.New().Journal);
        pool.TryRent(out var batch).ShouldBeTrue();
        batch.Add(new IngestMessage { Journalled = true, Reason = QuarantineReason.Empty }, "truck-1"u8, [], []);
        input.Writer.TryWrite(batch).ShouldBeTrue();
        pool.TryRent(out var repeat).ShouldBeTrue();
        repeat.Add(new IngestMessage { Journalled = false }, "truck-1"u8, [], []);
        input.Writer.TryWrite(repeat).ShouldBeTrue();

        await Should.ThrowAsync<IOException>(stage.RunAsync());

        output.Reader.TryRead(out _).ShouldBeFalse("nothing may be acknowledged, nor a repeat whose original is not on disk");
        fates.Dropped.ShouldBe(1);
        var calls = disk.Calls;
        Should.Throw<ObjectDisposedException>(() => writer.Commit());
        disk.Calls.ShouldBe(calls, "a failed fsync proves nothing by succeeding later");
    }
}
