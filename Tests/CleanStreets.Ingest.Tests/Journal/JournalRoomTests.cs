using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Observe;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Journal;

public sealed class JournalRoomTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Disk_that_fills_and_frees_at_any_write_loses_and_repeats_nothing(int seed)
    {
        var random = new Random(seed);
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        var space = new DiskSpace(20_000);
        bench.OpenFile = (path, mode) => new FailingJournalFile(new DiskJournalFile(path, mode)) { Space = space };
        var written = new List<string>();
        var full = 0;
        using (var writer = bench.Open())
        {
            for (var i = 0; i < 60; i++)
            {
                written.Add($"{i} " + new string('x', random.Next(9000)));
                Again(() => writer.Append(JournalBench.Record(written[^1])));
                if (random.Next(4) == 0)
                {
                    Again(writer.Commit);
                    bench.Read(out var damage).ShouldBe(written, $"seed {seed}, record {i}");
                    damage.ShouldBeEmpty();
                }
            }

            Again(writer.Commit);
        }

        bench.Read().ShouldBe(written, $"seed {seed}");
        full.ShouldBeGreaterThan(5);

        void Again(Action write)
        {
            while (true)
            {
                try
                {
                    write();
                    return;
                }
                catch (DiskFullException)
                {
                    full++;
                    space.Free(random.Next(12_000));
                }
            }
        }
    }

    [Fact]
    public async Task Full_disk_stops_acknowledging_and_goes_on_by_itself()
    {
        using var bench = new JournalBench();
        bench.Options.RoomPause = TimeSpan.FromMilliseconds(10);
        var space = new DiskSpace(2 * JournalFormat.SegmentHeaderBytes);
        bench.OpenFile = (path, mode) => new FailingJournalFile(new DiskJournalFile(path, mode)) { Space = space };
        using var writer = bench.Open();
        var pool = new BatchPool(4, 320 * 1024);
        var room = bench.Room(pool);
        var (input, output) = (StageLoop.Queue<IngestBatch>(4), StageLoop.Queue<IngestBatch>(4));
        var stage = new JournalStage(
            input.Reader, output.Writer, writer, pool, bench.Options, TimeProvider.System, bench.Progress, room, new Fates(), Durations.New().Journal);
        var running = stage.RunAsync();
        pool.TryRent(out var batch).ShouldBeTrue();
        batch.Add(new IngestMessage { Journalled = true, Reason = QuarantineReason.Empty }, "truck-1"u8, [], new byte[500]);
        input.Writer.TryWrite(batch).ShouldBeTrue();
        await Eventually.TrueAsync("the full disk is said", () => room.Reason is not null);
        output.Reader.TryRead(out _).ShouldBeFalse("nothing may be acknowledged");

        space.Free(100_000);

        await output.Reader.WaitToReadAsync();
        (room.Reason, room.Episodes).ShouldBe((null, 1L));
        input.Writer.Complete();
        await running;
        bench.Read().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Room_found_at_the_very_moment_the_cap_is_told_never_leaves_the_door_shut(bool beforeItShuts)
    {
        using var bench = new JournalBench();
        bench.Options.MaximumBytes = 1000;
        var pool = new BatchPool(1, 1024);
        JournalRoom room = null!;

        // What a snapshot's thread does when it has deleted files, just before the Journal stage has shut the door, or just after.
        void MakeRoom()
        {
            bench.Progress.Opened(0, bytes: 0);
            room.CheckCap();
        }

        room = bench.Room(
            shut: () =>
            {
                if (beforeItShuts)
                {
                    MakeRoom();
                }

                pool.Shut();
                if (!beforeItShuts)
                {
                    MakeRoom();
                }
            },
            pool.Open);
        bench.Progress.Opened(0, bytes: 2000);
        room.CheckCap();
        room.Episodes.ShouldBe(1, "the cap was told");

        room.CheckCap(); // As the next tick does.

        room.Reason.ShouldBeNull();
        pool.TryRent(out _).ShouldBeTrue();
    }

    [Fact]
    public void Behind_the_only_snapshot_nothing_is_deleted_before_the_cap_is_reached()
    {
        using var bench = new JournalBench();
        var (retention, files) = Written(bench);
        var bytes = bench.Progress.Bytes;
        bench.Options.MaximumBytes = bytes;

        retention.Apply(neededFrom: long.MaxValue, hasSpare: false);
        JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(files, "near the cap, but all there is if the snapshot does not read");

        bench.Options.MaximumBytes = bytes - 1;
        retention.Apply(neededFrom: long.MaxValue, hasSpare: false);
        JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(files - 1, "at the cap ingest would stand still for ever");
    }

    private static (JournalRetention Retention, int Files) Written(JournalBench bench)
    {
        bench.Options.SegmentBytes = 64 * 1024;
        bench.Write(Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 9000)).ToArray());
        var files = JournalSegmentFile.List(bench.Directory, []);
        bench.Progress.Opened(files[^1].End, files.Sum(file => file.Length));
        return (new JournalRetention(bench.Directory, bench.Options, bench.Progress, bench.Room(new BatchPool(1, 1)), TimeProvider.System, NullLogger<JournalRetention>.Instance), files.Count);
    }

    [Fact]
    public void Only_files_that_no_snapshot_needs_are_deleted_by_age_and_near_the_cap()
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        bench.Write(Enumerable.Range(0, 100).Select(i => $"{i} " + new string('x', 9000)).ToArray());
        var files = JournalSegmentFile.List(bench.Directory, []);
        files.Count.ShouldBeGreaterThan(12);
        var bytes = files.Sum(file => file.Length);
        bench.Progress.Opened(files[^1].End, bytes);
        var clock = new MovedClock();
        var (believed, retention) = Retention(bench, clock);

        retention.Apply(neededFrom: long.MaxValue);
        Left().ShouldBe(files.Count, "young, and far from the cap");

        clock.Running = TimeSpan.FromMinutes(59);
        (bench.Options.Retention, clock.Ahead) = (TimeSpan.FromDays(180), TimeSpan.FromDays(20 * 365));
        retention.Apply(neededFrom: long.MaxValue);
        clock.Running = TimeSpan.FromDays(1);
        believed.Look();
        retention.Apply(neededFrom: long.MaxValue);
        Left().ShouldBe(files.Count, "the clock has leapt by years, and a day has passed");

        (bench.Options.Retention, clock.Ahead) = (TimeSpan.FromTicks(1), TimeSpan.Zero);
        believed.Look();
        retention.Apply(files[3].Header.BasePosition + 5000);
        Left().ShouldBe(files.Count - 3, "the older snapshot needs the rest, however old it is");

        (bench.Options.Retention, bench.Options.MaximumBytes) = (TimeSpan.FromDays(1), bytes / 2);
        retention.Apply(neededFrom: long.MaxValue);
        JournalSegmentFile.List(bench.Directory, []).Sum(file => file.Length).ShouldBeLessThanOrEqualTo((long)(bytes / 2 * 0.9));
        bench.Progress.Bytes.ShouldBe(JournalSegmentFile.List(bench.Directory, []).Sum(file => file.Length));

        bench.Options.MaximumBytes = 1;
        retention.Apply(neededFrom: long.MaxValue);
        Left().ShouldBe(1, "the file that is being written stays");
        bench.Read(out var damage).Count.ShouldBeGreaterThan(0);
        damage.ShouldBeEmpty("what retention deleted is not missing");

        int Left() => JournalSegmentFile.List(bench.Directory, []).Count;
    }

    [Fact]
    public void Clock_that_is_years_ahead_at_a_start_deletes_nothing_and_one_that_is_right_deletes_what_is_old()
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        bench.Write(Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 9000)).ToArray());
        var files = JournalSegmentFile.List(bench.Directory, []);
        bench.Progress.Opened(files[^1].End, files.Sum(file => file.Length));
        var clock = new MovedClock { Ahead = TimeSpan.FromDays(20 * 365) };
        var (believed, retention) = Retention(bench, clock);
        foreach (var running in new[] { TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61), TimeSpan.FromDays(100) })
        {
            clock.Running = running;
            believed.Look();
            retention.Apply(neededFrom: long.MaxValue);
            JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(files.Count, $"after {running}");
        }

        clock.Running = TimeSpan.FromDays(181);
        believed.Look();
        retention.Apply(neededFrom: long.MaxValue);
        JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(1, "so long has really passed");
    }

    [Theory]
    [InlineData(20 * 365, "begun when the clock was 20 years ahead")]
    [InlineData(-200, "begun when the clock was 200 days behind")]
    public void File_that_was_begun_under_a_wrong_clock_ages_with_its_neighbours(int days, string what)
    {
        using var bench = new JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        bench.Write(Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', 9000)).ToArray());
        var files = JournalSegmentFile.List(bench.Directory, []);
        files.Count.ShouldBeGreaterThan(3);
        bench.Progress.Opened(files[^1].End, files.Sum(file => file.Length));
        var head = new byte[JournalFormat.SegmentHeaderBytes];
        (files[1].Header with { CreatedAtMs = files[1].Header.CreatedAtMs + (long)TimeSpan.FromDays(days).TotalMilliseconds }).Write(head);
        using (var file = File.OpenHandle(files[1].Path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(file, head, 0);
        }

        var clock = new MovedClock { Running = TimeSpan.Zero };
        var (believed, retention) = Retention(bench, clock);
        clock.Running = TimeSpan.FromDays(179);
        believed.Look();
        retention.Apply(neededFrom: long.MaxValue);
        JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(files.Count, $"{what}, and what the file before it holds is 179 days old");

        clock.Running = TimeSpan.FromDays(181);
        believed.Look();
        retention.Apply(neededFrom: long.MaxValue);
        JournalSegmentFile.List(bench.Directory, []).Count.ShouldBe(1, $"{what}, and all are 181 days old");
    }

    private static (BelievedClock Believed, JournalRetention Retention) Retention(JournalBench bench, MovedClock clock)
    {
        var believed = new BelievedClock(Path.Combine(bench.Directory, "..", "clock"), DateTimeOffset.UtcNow, new ClockOptions(), clock, NullLogger.Instance);
        return (believed, new JournalRetention(
            bench.Directory, bench.Options, bench.Progress, bench.Room(new BatchPool(1, 1)), believed, NullLogger<JournalRetention>.Instance));
    }

    /// <summary>A clock that may be ahead, and how long it has run.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;

        public TimeSpan Ahead { get; set; }

        public TimeSpan Running { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Running.Ticks;

        public override DateTimeOffset GetUtcNow() => _start + Running + Ahead;
    }
}
