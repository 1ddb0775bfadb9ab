using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

public sealed class StoreLogTests : IDisposable
{
    private readonly StoreLogBench _bench = new();

    [Fact]
    public void Rows_come_out_as_they_went_in()
    {
        var passes = new[] { TestRows.Pass(7), TestRows.Pass(8, ordinal: 3, segment: "s.2", truck: "t_9") with { } };
        var points = new[] { TestRows.Point(1), TestRows.Point(2, "s.2") };
        FactRow[] facts = [TestRows.Sent(3), TestRows.Sent(4) with { Kind = FactKind.CleaningVerified, Side = Side.Left, Truck = null, Order = null }];
        _bench.Log.Append(9, 1234, passes, points, facts);
        _bench.Log.Sync();
        using var reader = _bench.Read(0);

        var rows = reader.Read(100, out var missing)!;

        missing.ShouldBeNull();
        (rows.Through, rows.OldestReceivedAtMs).ShouldBe((9, 1234));
        rows.Points.ShouldBe(points);
        rows.Facts.ShouldBe(facts);
        rows.Passes.Select(row => (row.Position, row.Ordinal, row.Segment, TestRows.Text(row.Pass)))
            .ShouldBe(passes.Select(row => (row.Position, row.Ordinal, row.Segment, TestRows.Text(row.Pass))));
        reader.Read(100, out _).ShouldBeNull();
        reader.LogPosition.ShouldBe(_bench.Log.End.LogPosition);
    }

    [Fact]
    public void Reader_sees_only_what_is_synced_and_goes_on_from_there()
    {
        using var reader = _bench.Read(0);
        for (var position = 0; position < 2000; position++)
        {
            _bench.Log.Append(position + 1, 1, [TestRows.Pass(position)], []);
            reader.Read(100, out _).ShouldBeNull();
            _bench.Log.Sync();
            reader.Read(100, out var missing)!.Passes.Single().Position.ShouldBe(position);
            missing.ShouldBeNull();
        }

        _bench.Files.Count.ShouldBeGreaterThan(2, "the log went through several files");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1234)]
    [InlineData(1999)]
    [InlineData(2000)]
    public void Store_is_given_what_lies_behind_its_cursor(int cursor)
    {
        _bench.Write(0, 2000);
        _bench.Reopen();

        var positions = _bench.Positions(cursor, out var missing);

        // The record that ends at the cursor comes again: a sweep's points may share its position.
        positions.ShouldBe(Enumerable.Range(Math.Max(0, cursor - 1), 2000 - Math.Max(0, cursor - 1)).Select(i => (long)i));
        missing.ShouldBeNull();
        _bench.Log.SyncedThrough.ShouldBe(2000);
    }

    [Fact]
    public void Torn_end_is_cut_and_the_log_says_how_far_it_really_is()
    {
        _bench.Write(0, 10);
        var whole = new FileInfo(_bench.Files[0]).Length;
        _bench.Write(10, 11);
        var file = _bench.Files[0];
        var bytes = File.ReadAllBytes(file);
        for (var length = (int)whole; length < bytes.Length; length += 11)
        {
            _bench.Log.Dispose();
            File.WriteAllBytes(file, bytes[..length]);
            _bench.Reopen();
            _bench.Log.SyncedThrough.ShouldBe(10, $"cut to {length}");
            new FileInfo(file).Length.ShouldBe(whole);
        }

        _bench.Write(10, 20);
        _bench.Positions(0, out var missing).ShouldBe(Enumerable.Range(0, 20).Select(i => (long)i));
        missing.ShouldBeNull();
    }

    [Fact]
    public void Damage_in_the_middle_is_a_gap_and_the_rest_is_read()
    {
        _bench.Write(0, 100);
        var bytes = File.ReadAllBytes(_bench.Files[0]);
        _bench.Log.Dispose();
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(_bench.Files[0], bytes);
        _bench.Reopen();

        var positions = _bench.Positions(0, out var missing);

        positions.Count.ShouldBe(99);
        var lost = Enumerable.Range(0, 100).Select(i => (long)i).Except(positions).Single();
        missing.ShouldBe(new StoreGap(lost, lost + 1));
    }

    [Fact]
    public void What_every_store_has_is_deleted_and_the_disk_is_free_again()
    {
        _bench.Write(0, 3000);
        var full = _bench.Files.Sum(file => new FileInfo(file).Length);

        _bench.Log.Trim(storedThrough: 0);
        _bench.Files.Sum(file => new FileInfo(file).Length).ShouldBe(full, "a store that is behind keeps its rows");
        _bench.Log.Trim(_bench.Log.End.LogPosition);

        _bench.Files.Count.ShouldBe(1);
        _bench.Log.DroppedBytes.ShouldBe(0);
        _bench.Reopen();
        _bench.Log.SyncedThrough.ShouldBe(3000);
    }

    [Fact]
    public void Beyond_the_cap_the_oldest_goes_and_a_store_behind_learns_what_it_misses()
    {
        using var bench = new StoreLogBench(capBytes: 128 * 1024);
        bench.Write(0, 3000);
        using var reader = bench.Read(0);
        reader.Read(10, out _)!.Passes.Count.ShouldBe(10);

        bench.Log.Trim(storedThrough: 0);

        bench.Log.DroppedBytes.ShouldBeGreaterThan(0);
        bench.Files.Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(128 * 1024);
        var seen = new List<long>();
        StoreGap? missing = null;
        while (reader.Read(10, out var gap) is { } rows)
        {
            missing ??= gap;
            seen.AddRange(rows.Passes.Select(pass => pass.Position));
        }

        seen[^1].ShouldBe(2999);
        missing.ShouldNotBeNull();
        Enumerable.Range(10, 2990).Select(i => (long)i).Except(seen).ShouldBe(
            Enumerable.Range((int)missing.Value.From, (int)(missing.Value.Through - missing.Value.From)).Select(i => (long)i));
        bench.Positions(0, out var fresh)[0].ShouldBe(fresh!.Value.Through);
    }

    [Fact]
    public void Rows_of_other_streets_are_removed()
    {
        _bench.Write(0, 10);
        _bench.Reopen("v2");
        _bench.Log.SyncedThrough.ShouldBe(0);
        _bench.Positions(0, out _).ShouldBeEmpty();
        _bench.Write(0, 3);
        _bench.Positions(0, out var missing).ShouldBe([0, 1, 2]);
        missing.ShouldBeNull();
    }

    [Fact]
    public async Task Snapshot_can_wait_until_the_log_covers_its_marker()
    {
        var covered = _bench.Log.SyncThroughAsync(5);
        _bench.Write(0, 4);
        covered.IsCompleted.ShouldBeFalse();
        _bench.Log.Append(5, 1, [], []);
        covered.IsCompleted.ShouldBeFalse();
        _bench.Log.Sync();
        await covered.WaitAsync(Eventually.Patience);
        await _bench.Log.SyncThroughAsync(5);
    }

    [Fact]
    public void Round_longer_than_a_record_is_read_whole_and_the_cursor_moves_with_its_last_part()
    {
        var points = Enumerable.Range(0, 60_000).Select(i => TestRows.Point(i, $"segment-{i}")).ToList();
        _bench.Log.Append(77, 1, [TestRows.Pass(76)], points);
        _bench.Log.Sync();
        using var reader = _bench.Read(0);
        var (seen, through) = (new List<PointRow>(), new List<long>());
        while (reader.Read(1, out _) is { } rows)
        {
            seen.AddRange(rows.Points);
            through.Add(rows.Through);
        }

        seen.ShouldBe(points);
        through.Count.ShouldBeGreaterThan(2);
        through[..^1].ShouldAllBe(position => position == 0);
        through[^1].ShouldBe(77);
    }

    [Fact]
    public void Store_that_meets_a_round_without_its_first_part_is_marked_to_the_end_of_the_round()
    {
        _bench.Write(0, 10);
        _bench.Log.Append(77, 1, [TestRows.Pass(50)], Enumerable.Range(0, 60_000).Select(i => TestRows.Point(i, $"segment-{i}")).ToList());
        _bench.Log.Sync();
        var isFirst = false;
        foreach (var file in JournalSegmentFile.List(_bench.Log.Folder, []))
        {
            if (!isFirst)
            {
                StoreLogFiles.Scan(file, (in record) => !(isFirst |= record.OldestSequence == 10 && record.FirstSequence == 10));
                File.Delete(file.Path); // As the cap does; this store has the ten before.
            }
        }

        _bench.Positions(10, out var missing).ShouldBeEmpty("the pass was in the first part");

        missing.ShouldBe(new StoreGap(10, 77));
    }

    [Fact]
    public void Truck_that_invents_kinds_makes_no_row_that_the_log_cannot_take()
    {
        var counts = Enumerable.Range(1, 50_000).ToDictionary(i => $"{new string('k', ReadingLimits.MaxTextBytes - 8)}{i:D8}", i => i);
        var row = TestRows.Pass(1);
        row = row with { Pass = row.Pass with { Counts = counts } };
        _bench.Log.Append(2, 1, [row], []);
        _bench.Log.Sync();
        using var reader = _bench.Read(0);
        var kept = reader.Read(10, out _)!.Passes.Single().Pass.Counts;
        kept.Count.ShouldBe(PassRow.MostKinds + 1);
        kept.Values.Sum(count => (long)count).ShouldBe(counts.Values.Sum(count => (long)count));
    }

    [Fact]
    public void Garbled_rows_never_throw_and_add_nothing()
    {
        var random = new Random(20261125);
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(RowCodec.Version);
        RowCodec.Write(writer, TestRows.Pass(3));
        RowCodec.Write(writer, TestRows.Point(4));
        RowCodec.Write(writer, TestRows.Sent(5));
        var good = buffer.ToArray();
        var texts = new TextCache(64);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray()[..random.Next(good.Length + 1)];
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var (passes, points, facts) = (new List<PassRow>(), new List<PointRow>(), new List<FactRow>());
            if (!RowReader.TryRead(bytes, texts, passes, points, facts))
            {
                (passes.Count, points.Count, facts.Count).ShouldBe((0, 0, 0), $"round {i}");
            }
        }
    }

    public void Dispose() => _bench.Dispose();
}
