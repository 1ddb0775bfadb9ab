using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Spool;

/// <summary>What lies on the disk says nothing to anybody who has not the box's key, and no key and nonce are used twice.</summary>
public sealed class SealedSpoolTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-plain");
    private static readonly SessionAbout About = new("box-secret", "camera-secret", "model-secret", "calibration-secret");
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    private string Spool => _folder.Combine("spool");

    private string KeyFile => Spool + ".key";

    [Fact]
    public async Task Nothing_on_the_disk_is_in_clear_text_not_even_in_names()
    {
        await using (var spool = Open())
        {
            var session = spool.Begin(Truck, SessionId.Parse("session-plain"), About);
            await TakeAsync(spool, session, 300);
            await spool.StoredAsync(session, 100);
            await Eventually.TrueAsync("the mark is on disk", () => spool.Stored == 100);
            SetAside.TryKeep(_folder.Combine("aside"), spool.Key, session, new SpooledReading(7, 0, ReadingFormat.Json, Reading(7)), NullLogger.Instance).ShouldBeTrue();
        }

        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        files.Select(Path.GetExtension).Distinct().Order().ShouldBe(["", ".about", ".chunk", ".key", ".reading"]);
        foreach (var file in files)
        {
            string[] secrets = ["truck-plain", "session-plain", "capturedAt", "latitude", "37.8", "box-secret", "camera-secret", "model-secret", "calibration", "deviceId"];
            foreach (var secret in secrets)
            {
                Path.GetRelativePath(_folder.Path, file).ShouldNotContain(secret);
                File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, $"'{secret}' in {file}");
            }
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")] // It has no such modes.
    public async Task Key_is_for_the_agent_alone_and_lies_outside_the_spool()
    {
        await using (Open())
        {
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var key = await File.ReadAllBytesAsync(KeyFile, TestContext.Current.CancellationToken);
        key.Length.ShouldBe(32);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using (Open())
        {
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await File.ReadAllBytesAsync(KeyFile, TestContext.Current.CancellationToken)).ShouldBe(key);
        _log.ShouldContain(line => line.Contains("could be read by others", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_under_one_key_never_differ_at_the_same_place_whatever_the_power_does()
    {
        // Every state of the disk after every commit, and power cuts at any byte: two files of the same chunk key may only be longer or shorter, never different.
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var seen = new Dictionary<string, byte[]>();
        var sealedBytes = 0L;
        for (var opening = 0; opening < 12; opening++)
        {
            await using (var spool = Open(chunkBytes: random.Next(600, 3000)))
            {
                var session = spool.Begin(Truck, SessionId.Parse($"s-{opening}"));
                for (var step = random.Next(1, 8); step > 0; step--)
                {
                    await TakeAsync(spool, session, random.Next(1, 20));
                    Look();
                }
            }

            Look();
            var newest = Directory.GetFiles(Spool, "*.chunk").Order().Last();
            using (var file = File.OpenHandle(newest, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.SetLength(file, random.NextInt64(96, RandomAccess.GetLength(file) + 1));
            }
        }

        sealedBytes.ShouldBeGreaterThan(5000);
        seen.Count.ShouldBeGreaterThan(12);

        void Look()
        {
            foreach (var path in Directory.GetFiles(Spool, "*.chunk"))
            {
                var bytes = File.ReadAllBytes(path);
                var salt = Convert.ToHexString(bytes.AsSpan(16, 16));
                if (seen.TryGetValue(salt, out var before))
                {
                    var common = Math.Min(before.Length, bytes.Length);
                    bytes.AsSpan(0, common).SequenceEqual(before.AsSpan(0, common)).ShouldBeTrue($"seed {seed}: {path}");
                }

                if (before is null || bytes.Length > before.Length)
                {
                    sealedBytes += bytes.Length - (before?.Length ?? 0);
                    seen[salt] = bytes;
                }
            }
        }
    }

    [Fact]
    public async Task Same_reading_is_never_the_same_bytes_twice()
    {
        await using (var spool = Open())
        {
            var session = spool.Begin(Truck, SessionId.Parse("s-1"));
            for (var i = 0; i < 50; i++)
            {
                await spool.AppendAsync(session, ReadingFormat.Json, 0, Reading(1));
            }

            await Eventually.TrueAsync("all are on disk", () => session.CommittedThrough == 50);
        }

        var bytes = File.ReadAllBytes(Directory.GetFiles(Spool, "*.chunk").Single()).AsSpan(96);
        var blocks = new HashSet<string>();
        for (var at = 0; at + 16 <= bytes.Length; at++)
        {
            blocks.Add(Convert.ToHexString(bytes.Slice(at, 16))).ShouldBeTrue($"16 bytes at {at} come twice");
        }
    }

    [Fact]
    public async Task Flipped_byte_in_the_header_costs_nothing()
    {
        await FillAsync(3);
        var path = Directory.GetFiles(Spool, "*.chunk").Single();
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < 96; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            (await FoundIn(damaged)).ShouldBe([1, 2, 3], $"byte {at}");
        }
    }

    [Fact]
    public async Task Frame_put_in_another_place_or_another_chunk_is_not_taken_although_its_checksum_is_right()
    {
        await FillAsync(3);
        var whole = File.ReadAllBytes(Directory.GetFiles(Spool, "*.chunk").Single());
        var frame = 8 + BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(96)); // All three have this size.
        byte[] swapped = [.. whole[..96], .. whole[(96 + frame)..(96 + (2 * frame))], .. whole[96..(96 + frame)], .. whole[(96 + (2 * frame))..]];
        (await FoundIn(swapped)).ShouldBe([3], "the two that changed places are not what was sealed there");

        // Another session's ordinal, with the checksum made right.
        var forged = whole.ToArray();
        forged[96 + 8]++;
        BinaryPrimitives.WriteUInt32LittleEndian(forged.AsSpan(96 + 4), Crc32C.Of(1, forged.AsSpan(96 + 8, frame - 8)));
        (await FoundIn(forged)).ShouldBe([2, 3]);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("another")]
    [InlineData("damaged")]
    public async Task Spool_of_another_key_is_kept_and_said_and_the_agent_goes_on(string key)
    {
        await FillAsync(5);
        var chunk = Path.GetFileName(Directory.GetFiles(Spool, "*.chunk").Single());
        if (key == "missing")
        {
            File.Delete(KeyFile);
        }
        else
        {
            File.WriteAllBytes(KeyFile, new byte[key == "another" ? 32 : 31]);
        }

        await using (var spool = Open())
        {
            spool.Leftovers.ShouldBeEmpty();
            var session = spool.Begin(Truck, SessionId.Parse("s-2"), About);
            await TakeAsync(spool, session, 4);
            File.Exists(Path.Combine(Spool, chunk + ".kept")).ShouldBeTrue();
            Directory.GetFiles(Spool, "*.about.kept").Length.ShouldBe(1);
            Directory.GetFiles(Spool, "*.chunk").Length.ShouldBe(1, "the new one, under a number of its own");
            _log.ShouldContain(line => line.StartsWith("2 files of the spool", StringComparison.Ordinal) && line.Contains("another key", StringComparison.Ordinal));
        }

        await using var again = Open();
        again.Leftovers.ShouldHaveSingleItem().Unstored.ShouldBe(4);
    }

    [Fact]
    public void Key_that_somebody_else_hands_over_is_not_made_when_it_is_missing_or_wrong()
    {
        Should.Throw<SpoolException>(() => Open(mayMakeKey: false)).IsWrongUse.ShouldBeTrue();
        File.WriteAllBytes(KeyFile, new byte[5]);
        Should.Throw<SpoolException>(() => Open(mayMakeKey: false)).Message.ShouldContain("5 bytes");
        File.Exists(KeyFile).ShouldBeTrue();
    }

    [Fact]
    public async Task Spool_of_before_sealing_drains_and_what_was_said_of_its_session_is_sealed()
    {
        // Pinned: what the agent wrote before. Three readings, the first stored, and the file about the session.
        Directory.CreateDirectory(Spool);
        File.WriteAllBytes(Path.Combine(Spool, "0000000001.chunk"), Convert.FromBase64String(
            "Q1NTUE9PTDEBAAAAAAAAACcAAACZJzKvAQAHBQEAAAAAAAAA6CmsqpoBAAB0cnVjay0xcy1vbGR7Im4iOjF9JwAAABWiOaIBAAcFAgAAAAAAAADQLayqmgEAAHRydWNrLTFzLW9sZHsibiI6Mn0n"
            + "AAAAWMAASwEABwUDAAAAAAAAALgxrKqaAQAAdHJ1Y2stMXMtb2xkeyJuIjozfSAAAABRpAMqAgAHBQEAAAAAAAAAAAAAAAAAAAB0cnVjay0xcy1vbGQ="));
        File.WriteAllText(Path.Combine(Spool, "truck-1~s-old.about"), """{"deviceId":"box-1","cameraId":"kerb","modelVersion":"litter-7.1","calibrationId":"c-1"}""");
        for (var opening = 0; opening < 2; opening++)
        {
            await using var spool = Open();
            var old = spool.Leftovers.ShouldHaveSingleItem();
            (old.TruckId.Value, old.SessionId.Value, old.StoredThrough, old.Unstored).ShouldBe(("truck-1", "s-old", 1, 2));
            old.About.ShouldBe(new SessionAbout("box-1", "kerb", "litter-7.1", "c-1"));
            var read = new List<SpooledReading>();
            new SpoolReader(old, spool.Key).Read(2, 10, 3, read);
            read.Select(reading => (reading.Sequence, reading.CapturedAtMs, Encoding.UTF8.GetString(reading.Encoded.Span)))
                .ShouldBe([(2, 1_763_800_002_000, "{\"n\":2}"), (3, 1_763_800_003_000, "{\"n\":3}")]);
            File.Exists(Path.Combine(Spool, "truck-1~s-old.about")).ShouldBeFalse("it is sealed now, under a name that says nothing");
            if (opening == 1)
            {
                await spool.StoredAsync(old, 3);
                await Eventually.TrueAsync("the old chunk is gone", () => !File.Exists(Path.Combine(Spool, "0000000001.chunk")));
            }
        }
    }

    [Fact]
    public async Task Wiped_spool_is_gone_and_a_copy_made_before_cannot_be_read()
    {
        var spool = Open();
        await TakeAsync(spool, spool.Begin(Truck, SessionId.Parse("s-1"), About), 5);
        var copy = File.ReadAllBytes(Directory.GetFiles(Spool, "*.chunk").Single());
        (await spool.WipeAsync()).ShouldBeTrue();
        File.Exists(KeyFile).ShouldBeFalse();
        Directory.GetFiles(Spool).Select(Path.GetFileName).ShouldBe(["lock"]);
        (await FoundIn(copy, "another.key")).ShouldBeEmpty();

        await using var again = Open();
        await TakeAsync(again, again.Begin(Truck, SessionId.Parse("s-2")), 1);
    }

    [Fact]
    public async Task Damaged_file_about_a_session_is_ignored_and_one_moved_to_another_name_is_not_taken()
    {
        var key = SealingKey.New();
        var (one, two) = (new SpoolKey("truck-1", "s-1"), new SpoolKey("truck-1", "s-2"));
        About.Write(_folder.Path, one, key);
        var path = SessionAbout.In(_folder.Path).Single();
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        SessionAbout.Read(_folder.Path, one, key).ShouldBe(About);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 1;
            File.WriteAllBytes(path, damaged);
            SessionAbout.Read(_folder.Path, one, key).ShouldBeNull($"byte {at}");
            File.WriteAllBytes(path, whole[..at]);
            SessionAbout.Read(_folder.Path, one, key).ShouldBeNull($"cut at {at}");
        }

        File.WriteAllBytes(path, whole);
        File.Move(path, _folder.Combine(key.NameOf("truck-1~s-2") + ".about"));
        SessionAbout.Read(_folder.Path, two, key).ShouldBeNull();
    }

    private FleetSpool Open(int chunkBytes = 1 << 20, bool mayMakeKey = true) => FleetSpool.Open(
        new SpoolOptions { Folder = Spool, ChunkBytes = chunkBytes, MayMakeKey = mayMakeKey, CommitInterval = TimeSpan.FromMilliseconds(1) },
        TimeProvider.System,
        new LineLogger(_log));

    private async Task FillAsync(int count)
    {
        await using var spool = Open();
        await TakeAsync(spool, spool.Begin(Truck, SessionId.Parse("s-1"), About), count);
    }

    private static async Task TakeAsync(FleetSpool spool, SpoolSession session, int count)
    {
        var through = session.CommittedThrough + count;
        for (var i = session.CommittedThrough + 1; i <= through; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Json, i, Reading(i % 10));
        }

        await Eventually.TrueAsync("they are on disk", () => session.CommittedThrough == through);
        await spool.RestsAsync();
    }

    /// <summary>The sequences that an agent with the same key finds in a chunk.</summary>
    private async Task<IEnumerable<long>> FoundIn(byte[] chunk, string? keyFile = null)
    {
        using var copy = new TemporaryFolder();
        await File.WriteAllBytesAsync(copy.Combine("0000000001.chunk"), chunk);
        await using var spool = FleetSpool.Open(
            new SpoolOptions { Folder = copy.Path, KeyFile = keyFile is null ? KeyFile : _folder.Combine(keyFile) }, TimeProvider.System, NullLogger.Instance);
        var read = new List<SpooledReading>();
        foreach (var session in spool.Leftovers)
        {
            new SpoolReader(session, spool.Key).Read(1, 100, long.MaxValue, read);
        }

        return read.Select(reading => reading.Sequence);
    }

    private static byte[] Reading(long n) => Encoding.UTF8.GetBytes(
        $$"""{"capturedAt":"2026-11-22T05:38:1{{n}}.250Z","latitude":37.8123456,"longitude":-122.3012345,"sensors":{"pm10_ug_m3":41.2} }""");
}
