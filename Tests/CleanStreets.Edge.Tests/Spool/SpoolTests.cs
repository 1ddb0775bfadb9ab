using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Spool;

public sealed class SpoolTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _keys = new();
    private int _sessions;

    public void Dispose()
    {
        _folder.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public async Task Spool_shows_readings_in_order_once_they_are_on_disk()
    {
        await using var spool = Open(_folder.Path);
        var session = Begin(spool);
        await Append(spool, session, 1, 100);
        await Committed(session, 100);

        Read(spool, session, 1).Select(r => r.Sequence).ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
        Read(spool, session, 1).Select(Content).ShouldBe(Enumerable.Range(1, 100).Select(i => (byte)i));
        var recent = new List<SpooledReading>();
        while (session.Recent.TryRead(out var reading))
        {
            recent.Add(reading);
        }

        recent.Select(r => r.Sequence).ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
    }

    [Fact]
    public async Task Spool_drains_leftovers_under_their_old_session_and_begins_a_new_one()
    {
        SessionId old;
        await using (var spool = Open(_folder.Path))
        {
            var session = Begin(spool);
            old = session.SessionId;
            await Append(spool, session, 1, 50);
            await Committed(session, 50);
            await spool.StoredAsync(session, 20);
        }

        await using var again = Open(_folder.Path);
        var leftover = again.Leftovers.ShouldHaveSingleItem();
        leftover.SessionId.ShouldBe(old);
        leftover.TruckId.ShouldBe(Truck);
        leftover.StoredThrough.ShouldBe(20);
        leftover.Unstored.ShouldBe(30);
        Read(again, leftover, 21).Select(Content).ShouldBe(Enumerable.Range(21, 30).Select(i => (byte)i));
        Begin(again).SessionId.ShouldNotBe(old);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Power_loss_at_any_byte_loses_nothing_that_was_committed_before_and_invents_nothing(bool isSealed)
    {
        long committedBytes;
        if (isSealed)
        {
            await using var spool = Open(_folder.Path);
            var session = Begin(spool);
            await Append(spool, session, 1, 20);
            await Committed(session, 20);
            committedBytes = new FileInfo(Newest(_folder.Path)).Length;
            await Append(spool, session, 21, 3);
            await Committed(session, 23);
        }
        else
        {
            committedBytes = ClearChunk.Write(_folder.Path, 1, Truck.Value, "s-old", 20).Length;
            ClearChunk.Write(_folder.Path, 1, Truck.Value, "s-old", 23);
        }

        var whole = await File.ReadAllBytesAsync(Newest(_folder.Path));
        for (var length = (int)committedBytes; length <= whole.Length; length++)
        {
            using var copy = new TemporaryFolder();
            await File.WriteAllBytesAsync(copy.Combine(Path.GetFileName(Newest(_folder.Path))), whole[..length]);
            await using var again = Open(copy.Path);
            var found = Read(again, again.Leftovers.ShouldHaveSingleItem(), 1);
            found.Count.ShouldBeGreaterThanOrEqualTo(20, $"cut at {length}");
            found.Select(r => r.Sequence).ShouldBe(Enumerable.Range(1, found.Count).Select(i => (long)i), $"cut at {length}");
            found.Select(Content).ShouldBe(Enumerable.Range(1, found.Count).Select(i => (byte)i), $"cut at {length}");
            found.Count.ShouldBe(length == whole.Length ? 23 : found.Count);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flipped_byte_costs_the_frame_it_hit_and_no_other(bool isSealed)
    {
        if (isSealed)
        {
            await using var spool = Open(_folder.Path);
            var session = Begin(spool);
            await Append(spool, session, 1, 4);
            await Committed(session, 4);
        }
        else
        {
            ClearChunk.Write(_folder.Path, 1, Truck.Value, "s-old", 4);
        }

        var whole = await File.ReadAllBytesAsync(Newest(_folder.Path));
        for (var at = ChunkHeader.Read(whole, 1)!.Bytes; at < whole.Length; at++)
        {
            using var copy = new TemporaryFolder();
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(copy.Combine(Path.GetFileName(Newest(_folder.Path))), damaged);
            await using var again = Open(copy.Path);
            var leftover = again.Leftovers.ShouldHaveSingleItem($"byte {at}");
            var found = Read(again, leftover, 1);
            found.Count.ShouldBe(3, $"byte {at}");
            found.ShouldAllBe(r => Content(r) == (byte)r.Sequence, $"byte {at}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5000)]
    public async Task File_of_unexpected_shape_is_kept_aside_and_the_spool_opens(int zeros)
    {
        await File.WriteAllBytesAsync(_folder.Combine("0000000007.chunk"), new byte[zeros]);
        await File.WriteAllTextAsync(_folder.Combine("notes.chunk"), "hello");

        await using var spool = Open(_folder.Path);
        var session = Begin(spool);
        await Append(spool, session, 1, 3);
        await Committed(session, 3);

        File.Exists(_folder.Combine("0000000007.chunk.kept")).ShouldBeTrue();
        File.Exists(_folder.Combine("notes.chunk")).ShouldBeTrue();
        Read(spool, session, 1).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Mark_from_the_future_is_ignored_and_no_mark_falls()
    {
        await using var spool = Open(_folder.Path);
        var session = Begin(spool);
        await Append(spool, session, 1, 10);
        await Committed(session, 10);
        await spool.StoredAsync(session, 11);
        await spool.StoredAsync(session, 6);
        await spool.StoredAsync(session, 4);
        await Append(spool, session, 11, 1);
        await Committed(session, 11);

        session.StoredThrough.ShouldBe(6);
        session.Unstored.ShouldBe(5);
    }

    [Fact]
    public async Task Chunks_go_when_everything_in_them_is_stored_and_their_readings_do_not_come_back()
    {
        await using (var spool = Open(_folder.Path, chunkBytes: 2000))
        {
            var (one, two) = (Begin(spool), Begin(spool));
            for (var i = 1; i <= 300; i++)
            {
                await Append(spool, one, i, 1);
                await Append(spool, two, i, 1);
                if (i % 10 == 0)
                {
                    await Committed(one, i);
                    await Committed(two, i);
                }
            }

            Directory.GetFiles(_folder.Path, "*.chunk").Length.ShouldBeGreaterThan(5);
            await spool.StoredAsync(one, 300);
            await spool.StoredAsync(two, 250);
            await Append(spool, one, 301, 1);
            await Committed(one, 301);
            await spool.StoredAsync(one, 301);
            Read(spool, two, 251).Count.ShouldBe(50);
        }

        await using var again = Open(_folder.Path, chunkBytes: 2000);
        var leftover = again.Leftovers.ShouldHaveSingleItem();
        leftover.StoredThrough.ShouldBe(250);
        await again.StoredAsync(leftover, 300);
        var session = Begin(again);
        await Append(again, session, 1, 1);
        await Committed(session, 1);
        await Eventually.TrueAsync("only the newest chunk is left", () => Directory.GetFiles(_folder.Path, "*.chunk").Length <= 1);
    }

    [Fact]
    public async Task Beyond_its_cap_the_spool_drops_the_oldest_readings_counts_them_and_says_what_is_left()
    {
        await using var spool = Open(_folder.Path, chunkBytes: 2000, capBytes: 8000);
        var session = Begin(spool);
        for (var i = 1; i <= 400; i++)
        {
            await Append(spool, session, i, 1);
            if (i % 5 == 0)
            {
                await Committed(session, i);
            }
        }

        await spool.RestsAsync();
        Directory.GetFiles(_folder.Path, "*.chunk").Sum(f => new FileInfo(f).Length).ShouldBeLessThan(10_000);
        session.Oldest.ShouldBeGreaterThan(1);
        spool.Dropped.ShouldBe(session.Oldest - 1);
        session.Unstored.ShouldBe(400 - spool.Dropped);
        var left = Read(spool, session, 1);
        left[0].Sequence.ShouldBe(session.Oldest);
        left[^1].Sequence.ShouldBe(400);
    }

    [Fact]
    public async Task Slow_sender_finds_on_disk_what_no_longer_waits_in_memory()
    {
        await using var spool = Open(_folder.Path, recent: 10);
        var session = Begin(spool);
        await Append(spool, session, 1, 100);
        await Committed(session, 100);

        session.Recent.Count.ShouldBe(10);
        var reader = new SpoolReader(session, spool.Key);
        var found = new List<SpooledReading>();
        for (long next = 1; next <= 100; next = found[^1].Sequence + 1)
        {
            reader.Read(next, 7, 100, found).ShouldBeInRange(1, 7);
        }

        found.Select(r => r.Sequence).ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
    }

    [Fact]
    public async Task Second_owner_of_the_folder_is_refused_with_a_sentence()
    {
        await using var first = Open(_folder.Path);
        Should.Throw<SpoolException>(() => Open(_folder.Path)).Message.ShouldContain(_folder.Path);
    }

    [Fact]
    public async Task Random_life_of_the_spool_never_loses_or_repeats()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var expected = new Dictionary<SessionId, (long Stored, long Last)>();
        for (var opening = 0; opening < 15; opening++)
        {
            await using var spool = Open(_folder.Path, chunkBytes: random.Next(500, 4000), recent: random.Next(1, 20));
            spool.Leftovers.Select(l => (l.SessionId, l.StoredThrough, l.CommittedThrough)).OrderBy(l => l.SessionId.Value, StringComparer.Ordinal)
                .ShouldBe(expected.Where(e => e.Value.Stored < e.Value.Last).Select(e => (e.Key, e.Value.Stored, e.Value.Last)).OrderBy(l => l.Key.Value, StringComparer.Ordinal), $"seed {seed}");
            var sessions = spool.Leftovers.Append(Begin(spool)).ToList();
            var live = sessions[^1];
            var total = 0;
            for (var step = random.Next(10); step > 0; step--)
            {
                var n = random.Next(1, 60);
                await Append(spool, live, total + 1, n);
                total += n;
                await Committed(live, total);
                var any = sessions[random.Next(sessions.Count)];
                var mark = random.NextInt64(0, any.CommittedThrough + 5);
                await spool.StoredAsync(any, mark);
                await Eventually.TrueAsync("the mark is taken", () => any.StoredThrough >= mark || mark > any.CommittedThrough);
            }

            foreach (var session in sessions)
            {
                Read(spool, session, session.StoredThrough + 1).Select(r => r.Sequence).ShouldBe(
                    Enumerable.Range((int)session.StoredThrough + 1, (int)(session.CommittedThrough - session.StoredThrough)).Select(i => (long)i), $"seed {seed}");
            }

            await spool.DisposeAsync();
            foreach (var session in sessions.Where(s => s.CommittedThrough > 0))
            {
                expected[session.SessionId] = (session.StoredThrough, session.CommittedThrough);
            }
        }
    }

    private FleetSpool Open(string folder, int chunkBytes = 1 << 20, long capBytes = 1 << 30, int recent = 256) => FleetSpool.Open(
        new SpoolOptions { Folder = folder, KeyFile = _keys.Combine("spool.key"), ChunkBytes = chunkBytes, CapBytes = capBytes, RecentReadings = recent, CommitInterval = TimeSpan.FromMilliseconds(1) },
        TimeProvider.System,
        NullLogger.Instance);

    private SpoolSession Begin(FleetSpool spool) => spool.Begin(Truck, SessionId.Parse($"s{Environment.TickCount64 % 100000}-{++_sessions}"));

    private static async Task Append(FleetSpool spool, SpoolSession session, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Protobuf, 1000 + i, Enumerable.Repeat((byte)i, 30).ToArray());
        }
    }

    private static Task Committed(SpoolSession session, long through) =>
        Eventually.TrueAsync($"{through} is committed", () => session.CommittedThrough >= through);

    private static List<SpooledReading> Read(FleetSpool spool, SpoolSession session, long from)
    {
        var into = new List<SpooledReading>();
        new SpoolReader(session, spool.Key).Read(from, int.MaxValue / 2, long.MaxValue, into);
        return into;
    }

    private static byte Content(SpooledReading reading) => reading.Encoded.Span[0];

    private static string Newest(string folder) => Directory.GetFiles(folder, "*.chunk").Order().Last();
}
