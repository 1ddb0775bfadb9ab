using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Spool;

/// <summary>What goes when there is no room: below the spool's own cap, and on a disk that is full.</summary>
public sealed class SpoolRoomTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _log = [];
    private int _pictures;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_reason_has_a_tag_of_its_own() =>
        Enum.GetValues<DropReason>().Select(reason => reason.Tag()).Distinct().Count().ShouldBe(Enum.GetValues<DropReason>().Length);

    [Fact]
    public async Task Oldest_pictures_go_first_and_the_oldest_readings_last_whatever_comes()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var jpeg = await TestPictures.JpegAsync();
        var options = Options(_folder.Combine("spool")) with { CapBytes = 60_000, ChunkBytes = 3000 };
        Directory.CreateDirectory(options.Folder);
        var key = SealingKey.New();
        var (writer, session) = Open(options, key, "s-0");
        var pictures = new List<string>(); // In the order of taking; those that should still wait.
        var (taken, droppedPictures, storedPictures) = (0L, 0L, 0);
        for (var step = 0; step < 1500; step++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            var (readingsBefore, picturesBefore) = (writer.Dropped(DropReason.SpoolFull), writer.Evidence.Dropped(DropReason.SpoolFull));
            switch (random.Next(10))
            {
                case 0 or 4 when writer.Evidence.Waiting.Count > 0:
                    var stored = writer.Evidence.Waiting[random.Next(writer.Evidence.Waiting.Count)];
                    writer.Take(SpoolCommand.Remove(stored, isStored: true));
                    pictures.Remove(stored);
                    storedPictures++;
                    break;
                case 1 when random.Next(30) == 0:
                    writer.Take(SpoolCommand.Mark(session, random.NextInt64(session.StoredThrough, session.CommittedThrough + 1)));
                    break;
                case 2 or 3:
                    var picture = TestPictures.Picture(jpeg, _clock.GetUtcNow(), ++_pictures);
                    Append(writer, session, picture);
                    pictures.Add(picture.Id);
                    taken++;
                    break;
                default:
                    for (var i = random.Next(1, 12); i > 0; i--, taken++)
                    {
                        Append(writer, session);
                    }

                    break;
            }

            writer.Commit();

            // What waits is the newest of what was taken: the oldest went, in order.
            var gone = (int)(writer.Evidence.Dropped(DropReason.SpoolFull) - picturesBefore);
            writer.Evidence.Waiting.ShouldBe(pictures.Skip(gone), $"seed {seed}, step {step}");
            pictures.RemoveRange(0, gone);
            droppedPictures += gone;
            if (writer.Dropped(DropReason.SpoolFull) > readingsBefore)
            {
                pictures.ShouldBeEmpty($"seed {seed}, step {step}: no reading goes while there is a picture");
            }

            writer.Bytes.ShouldBeLessThanOrEqualTo(options.CapBytes, $"seed {seed}, step {step}");
            session.CommittedThrough.ShouldBe(taken);
            var left = new List<SpooledReading>();
            new SpoolReader(session, key).Read(session.StoredThrough + 1, int.MaxValue / 2, long.MaxValue, left);
            left.Select(reading => reading.Sequence).ShouldBe(
                Enumerable.Range(0, (int)session.Unstored).Select(i => taken - session.Unstored + 1 + i), $"seed {seed}, step {step}: the newest readings, without a hole");
        }

        droppedPictures.ShouldBeGreaterThan(20);
        storedPictures.ShouldBeGreaterThan(0);
        writer.Dropped(DropReason.SpoolFull).ShouldBeGreaterThan(0);
        writer.Dropped(DropReason.DiskFull).ShouldBe(0);
        writer.Evidence.Stored.ShouldBe(storedPictures);
        writer.Dispose();
    }

    [Fact]
    public async Task Pictures_are_limited_in_number_in_bytes_and_in_age_and_outlive_a_restart()
    {
        var jpeg = await TestPictures.JpegAsync();
        var options = Options(_folder.Combine("spool")) with { Evidence = new EvidenceLimits { MaxPictures = 3, MaxBytes = 1_000_000, MaxAge = TimeSpan.FromDays(2) } };
        Directory.CreateDirectory(options.Folder);
        var key = SealingKey.New();
        var (writer, session) = Open(options, key, "s-1");
        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            Append(writer, session, TestPictures.Picture(jpeg, _clock.GetUtcNow(), ++_pictures));
            writer.Commit();
        }

        writer.Evidence.Dropped(DropReason.TooMany).ShouldBe(2);
        var waiting = writer.Evidence.Waiting;
        waiting.Count.ShouldBe(3);
        EvidenceMessage.Read(writer.Evidence.Read(waiting[0]).ShouldNotBeNull(), out var header, out var picture).ShouldBe(EvidenceFault.None);
        (header!.SessionId.Value, header.Sequence, header.Kind, header.Mask.Verdict).ShouldBe(("s-1", 3, "bulky_item", EvidenceMask.Filled));
        picture.ToArray().ShouldBe(jpeg.Bytes.ToArray());
        writer.Dispose();

        File.WriteAllText(Path.Combine(options.Folder, "e-1.evidence.new"), "half");
        (writer, _) = Open(options, key, "s-2");
        writer.Evidence.Waiting.ShouldBe(waiting);
        Directory.GetFiles(options.Folder, "*.new").ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromDays(1.9));
        writer.Commit();
        writer.Evidence.Waiting.Count.ShouldBe(3);
        _clock.Advance(TimeSpan.FromDays(3));
        writer.Commit();
        writer.Evidence.Waiting.ShouldBeEmpty();
        writer.Evidence.Dropped(DropReason.TooOld).ShouldBe(3);
        Directory.GetFiles(options.Folder, "*.evidence").ShouldBeEmpty();
        writer.Dispose();
    }

    [Fact]
    public async Task Files_that_nobody_can_read_count_for_the_cap_and_go_before_anything_else()
    {
        var options = Options(_folder.Combine("spool")) with { CapBytes = 20_000, ChunkBytes = 3000 };
        Directory.CreateDirectory(options.Folder);
        await File.WriteAllBytesAsync(Path.Combine(options.Folder, "0000000001.chunk.kept"), new byte[8000], TestContext.Current.CancellationToken);
        var key = SealingKey.New();
        var (writer, session) = Open(options, key, "s-1");
        while (File.Exists(Path.Combine(options.Folder, "0000000001.chunk.kept")))
        {
            Append(writer, session);
            writer.Commit();
        }

        writer.Dropped(DropReason.SpoolFull).ShouldBe(0);
        session.CommittedThrough.ShouldBeGreaterThan(30);
        writer.Bytes.ShouldBeInRange(10_000, 20_000);
        writer.Dispose();
    }

    [Fact]
    public async Task Full_disk_takes_pictures_then_the_oldest_readings_and_never_the_agent()
    {
        var disk = _folder.Combine("disk");
        Directory.CreateDirectory(disk);
        await using var mount = ProductProgram.StartProcess("mount", ["-t", "tmpfs", "-o", "size=400k", "cleanstreets-test", disk]);
        Assert.SkipWhen(await mount.ExitAsync(Eventually.Patience) != 0, "This user may not mount a small disk.");
        try
        {
            await FillAndFreeAsync(disk, await TestPictures.JpegAsync());
        }
        finally
        {
            await using var unmount = ProductProgram.StartProcess("umount", [disk]);
            await unmount.ExitAsync(Eventually.Patience);
        }
    }

    private async Task FillAndFreeAsync(string disk, MaskedJpeg jpeg)
    {
        var ballast = Path.Combine(disk, "ballast");
        var options = Options(Path.Combine(disk, "spool")) with { ChunkBytes = 16 * 1024 };
        var taken = 0L;
        await using (var spool = Open(options))
        {
            var session = spool.Begin(Truck, SessionId.Parse("s-1"));
            var pictures = Enumerable.Range(0, 5).Select(i => TestPictures.Picture(jpeg, DateTimeOffset.UtcNow.AddSeconds(i - 10), i)).ToList();
            foreach (var picture in pictures)
            {
                await spool.AppendAsync(session, ReadingFormat.Protobuf, ++taken, new byte[200], [picture]);
            }

            await Eventually.TrueAsync("the pictures are kept", () => spool.Evidence.Waiting.Count == 5);
            await spool.RestsAsync();

            // Readings until the disk is full: one after another the oldest pictures go, while no reading does.
            while (spool.Evidence.Waiting.Count > 0)
            {
                spool.Evidence.Waiting.ShouldBe(pictures.TakeLast(spool.Evidence.Waiting.Count).Select(picture => picture.Id));
                await TakeAsync(20);
            }

            spool.Evidence.Dropped(DropReason.DiskFull).ShouldBe(5);
            while (spool.Dropped == 0)
            {
                await TakeAsync(20);
            }

            // From here on the oldest readings go, and all that came is either there, newest last, or counted.
            for (var group = 0; group < 100; group++)
            {
                await TakeAsync(20);
            }

            spool.DroppedFor(DropReason.SpoolFull).ShouldBe(0);
            spool.DroppedFor(DropReason.DiskFull).ShouldBe(taken - session.Unstored);
            Read(spool, session).ShouldBe(Enumerable.Range(0, (int)session.Unstored).Select(i => taken - session.Unstored + 1 + i));
            session.CommittedThrough.ShouldBe(taken, "the newest is there");

            // Somebody else takes all of the disk, as much as the spool ever lets go: the agent lives, and counts what it cannot keep.
            await EatAsync(ballast, spool, async () => await TakeAsync(20, mayBeLost: true));
            spool.DroppedFor(DropReason.DiskFull).ShouldBe(taken - Read(spool, session).Count, "none is lost without being counted");
            spool.Completion.IsCompleted.ShouldBeFalse();
            _log.Count(line => line.StartsWith("The disk is full", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(3, "once an episode");

            // With room again, readings are taken again.
            File.Delete(ballast);
            for (var group = 0; group < 50; group++)
            {
                await TakeAsync(20); // Group by group, so that they lie in more than one chunk.
            }

            session.CommittedThrough.ShouldBe(taken);

            async Task TakeAsync(int count, bool mayBeLost = false)
            {
                for (var i = 0; i < count; i++)
                {
                    await spool.AppendAsync(session, ReadingFormat.Protobuf, ++taken, new byte[200]);
                }

                await Eventually.TrueAsync(
                    "they are on disk, or counted", () => session.CommittedThrough == taken || (mayBeLost && spool.Dropped + Read(spool, session).Count == taken));
                await spool.RestsAsync();
            }
        }

        // Opened on a disk that is full to the last byte, and full of readings.
        Fill(ballast);
        await using var again = Open(options);
        var old = again.Leftovers.ShouldHaveSingleItem(string.Join(Environment.NewLine, _log));
        var next = again.Begin(Truck, SessionId.Parse("s-2"), new SessionAbout("box-1"));
        for (var i = 1; i <= 300; i++)
        {
            await again.AppendAsync(next, ReadingFormat.Protobuf, i, new byte[200]);
        }

        await Eventually.TrueAsync("the newest reading is there", () => next.CommittedThrough == 300);
        await again.RestsAsync();
        again.Dropped.ShouldBeGreaterThan(0, "the oldest of the old session went for it");
        old.Oldest.ShouldBeGreaterThan(1);
    }

    /// <summary>Takes what is free again and again, until the spool has nothing more to let go.</summary>
    private static async Task EatAsync(string ballast, FleetSpool spool, Func<Task> take)
    {
        var idle = 0;
        for (var bytes = spool.Bytes; idle < 3; bytes = spool.Bytes)
        {
            Fill(ballast);
            await take();
            idle = spool.Bytes < bytes ? 0 : idle + 1;
        }
    }

    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[4096, 256, 1])
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    private static List<long> Read(FleetSpool spool, SpoolSession session)
    {
        var read = new List<SpooledReading>();
        new SpoolReader(session, spool.Key).Read(1, int.MaxValue / 2, long.MaxValue, read);
        return [.. read.Select(reading => reading.Sequence)];
    }

    private SpoolOptions Options(string folder) => new() { Folder = folder, KeyFile = _folder.Combine("spool.key"), CommitInterval = TimeSpan.FromMilliseconds(1) };

    private FleetSpool Open(SpoolOptions options) => FleetSpool.Open(options, TimeProvider.System, new LineLogger(_log));

    private (SpoolWriter Writer, SpoolSession Session) Open(SpoolOptions options, SealingKey key, string session)
    {
        var recovery = new SpoolRecovery(options, key, NullLogger.Instance);
        recovery.Run();
        return (new SpoolWriter(options, key, recovery, _clock, NullLogger.Instance), new SpoolSession(new SpoolKey(Truck.Value, session), leftover: false, recentReadings: 1));
    }

    private void Append(SpoolWriter writer, SpoolSession session, params IReadOnlyList<EvidencePicture> pictures) =>
        writer.Take(SpoolCommand.Append(session, ReadingFormat.Protobuf, _clock.GetUtcNow().ToUnixTimeMilliseconds(), new byte[100], pictures));
}
