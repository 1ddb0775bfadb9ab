using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Store;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LineLog _lines = new();

    private SqliteOptions Options { get; } = new() { TidyInterval = TimeSpan.Zero };

    private string File => _folder.Combine("segments.db");

    [Fact]
    public async Task Rows_and_cursor_survive_a_restart_and_what_comes_again_is_there_once()
    {
        await using (var store = Open())
        {
            await WriteAsync(store, 10, [TestRows.Pass(1), TestRows.Pass(2, 1)], [TestRows.Point(1)]);
            await WriteAsync(store, 10, [TestRows.Pass(1), TestRows.Pass(2, 1)], [TestRows.Point(1)]);
        }

        await using var again = Open();
        again.Cursor.ShouldBe(10);
        await WriteAsync(again, 11, [TestRows.Pass(2, 1)], []);
        (await PassesAsync()).Count.ShouldBe(2);
        (await PointsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Every_value_comes_back_as_it_was_written()
    {
        var plain = TestRows.Pass(1);
        PassRow[] rows =
        [
            plain,
            TestRows.Pass(3),
            plain with { Ordinal = 1, Pass = plain.Pass with { CameraId = string.Empty, ModelVersion = "größer 🚛", Grade = null, Index = null, OrderId = null } },
            plain with { Ordinal = 2, Pass = plain.Pass with { CameraId = new string('x', 5000), Counts = new Dictionary<string, int>(), Coverage = 1.0 / 3 } },
            plain with { Ordinal = 3, Pass = plain.Pass with { CameraId = null, ExposureMetres = double.Epsilon, Light = Light.Night } },
        ];
        await using var store = Open();
        await WriteAsync(store, 10, rows, [TestRows.Point(1)]);

        (await PassesAsync()).Select(TestRows.Text).Order().ShouldBe(rows.Select(row => TestRows.Text(row.Pass)).Order());
        (await PointsAsync()).ShouldBe([TestRows.Point(1).Point]);
    }

    [Fact]
    public async Task Work_order_is_found_however_late_it_is_told_that_the_truck_was_sent()
    {
        var at = TestRows.Start;
        PassRow Pass(int position, string truck, double hours) => TestRows.Pass(position * 4, truck: truck, leftAt: at.AddHours(hours)); // None has an order of its own.
        FactRow Sent(string id, string truck, double hours) => TestRows.Sent(0) with { FactId = id, Truck = TruckId.Parse(truck), At = at.AddHours(hours), Order = OrderId.Parse($"W-{id}") };
        await using var store = Open();
        await WriteAsync(store, 10, [Pass(1, "a", 1), Pass(2, "a", 5), Pass(3, "a", 30), Pass(4, "b", 1)], []);
        (await PassesAsync()).ShouldAllBe(pass => pass.OrderId == null);

        await store.WriteAsync(new StoreRows(11, 0, 0, [], []) { Facts = [Sent("2", "a", 4), Sent("1", "a", 0), Sent("2", "a", 4)] }, TestContext.Current.CancellationToken);

        (await PassesAsync()).Select(pass => (pass.TruckId.Value, pass.OrderId?.Value)).ShouldBe([("a", null), ("a", "W-2"), ("b", null), ("a", "W-1")], ignoreOrder: true);
        new SqliteHistory(File).Between(at.AddDays(-1), at.AddDays(2)).Select(row => row.Pass.OrderId?.Value).ShouldBe(["W-1", null, "W-2", null], ignoreOrder: true);
        new SqliteHistory(File).Facts(at, at.AddHours(4)).Select(fact => fact.FactId).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Facts_are_kept_as_long_as_passes()
    {
        await using var store = Open();
        FactRow Sent(int days) => TestRows.Sent(days) with { At = TestRows.Start.AddDays(-days) };
        await store.WriteAsync(new StoreRows(10, 0, 0, [TestRows.Pass(1, leftAt: TestRows.Start)], []) { Facts = [Sent(399), Sent(401)] }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 3; i++)
        {
            await store.TidyAsync(TestContext.Current.CancellationToken);
        }

        new SqliteHistory(File).Facts(TestRows.Start.AddDays(-1000), TestRows.Start).Select(fact => fact.FactId).ShouldBe(["f-399"]);
    }

    [Fact]
    public async Task Old_points_are_thinned_to_hours_then_days_and_then_forgotten()
    {
        var newest = TestRows.Start;
        var ages = new[] { 0, 1, 29.9, 30.1, 200, 401, 900, 3649, 3651 };
        Options.TidySegments = 1;
        await using var store = Open();
        var points = ages.SelectMany(days => Enumerable.Range(0, 6).SelectMany(tenMinutes => new[] { "seg-1", "seg-2" }.Select(segment =>
            TestRows.Point(0, segment) with { Point = TestRows.Point(0).Point with { AsOf = newest.AddDays(-days).AddMinutes(-10 * tenMinutes) } }))).ToList();
        var passes = new[] { 0, 399, 401 }.Select(days => TestRows.Pass(days, leftAt: newest.AddDays(-days))).ToList();
        await WriteAsync(store, 10, passes, points);

        for (var i = 0; i < 10; i++)
        {
            await store.TidyAsync(TestContext.Current.CancellationToken);
        }

        foreach (var segment in new[] { "seg-1", "seg-2" })
        {
            var left = await PointsAsync(segment);
            var byAge = ages.ToDictionary(days => days, days => left.Count(point => Math.Abs((newest - point.AsOf).TotalDays - days) < 0.05));
            byAge.Where(age => age.Key < 30).ShouldAllBe(age => age.Value == 6, "young ones are all kept");
            byAge[30.1].ShouldBeInRange(1, 2, "six in an hour or two");
            byAge[200].ShouldBeInRange(1, 2);
            byAge[401].ShouldBe(1, "one a day");
            byAge[900].ShouldBe(1);
            byAge[3651].ShouldBe(0);
            left.ShouldContain(point => point.AsOf == newest.AddDays(-900), "the last of the day stands for it");
        }

        (await PassesAsync()).Select(pass => (newest - pass.LeftAt).TotalDays).ShouldBe([0, 399]);
    }

    [Fact]
    public async Task Clock_that_is_put_back_by_years_does_not_hold_up_tidying()
    {
        var clock = new MovedClock();
        await using var store = SqliteStore.Open("sqlite", File, StoreBench.Network, Options, clock, _lines);
        await WriteAsync(store, 10, [TestRows.Pass(1, leftAt: TestRows.Start)], []);
        clock.Offset = TimeSpan.FromDays(7300);
        await RoundAsync();
        clock.Offset = TimeSpan.Zero;
        await WriteAsync(store, 11, [TestRows.Pass(2, leftAt: TestRows.Start.AddDays(-500))], []);

        await RoundAsync();

        (await PassesAsync()).ShouldHaveSingleItem().LeftAt.ShouldBe(TestRows.Start);

        async Task RoundAsync()
        {
            for (var i = 0; i < 5; i++)
            {
                await store.TidyAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task What_is_forgotten_is_given_back_to_the_disk()
    {
        await using var store = Open();
        await WriteAsync(store, 10, Enumerable.Range(0, 20_000).Select(i => TestRows.Pass(i, segment: $"seg-{i % 50}", leftAt: TestRows.Start.AddDays(-500))).ToList(), []);
        Checkpoint();
        var full = new FileInfo(File).Length;
        await WriteAsync(store, 11, [TestRows.Pass(1, 7)], []);
        for (var i = 0; i < 3; i++)
        {
            await store.TidyAsync(TestContext.Current.CancellationToken);
        }

        Checkpoint();
        new FileInfo(File).Length.ShouldBeLessThan(full / 4);
    }

    [Fact]
    public async Task Old_recording_that_is_played_stays_whole()
    {
        await using var store = Open();
        var points = Enumerable.Range(0, 60).Select(i => TestRows.Point(i) with { Point = TestRows.Point(i).Point with { AsOf = new DateTimeOffset(2019, 5, 1, 0, i, 0, TimeSpan.Zero) } }).ToList();
        await WriteAsync(store, 10, [], points);
        await store.TidyAsync(TestContext.Current.CancellationToken);
        (await PointsAsync()).Count.ShouldBe(60);
        (await PointsAsync(limit: 10)).ShouldBe([points[^1].Point], "too many for the answer: the last of the hour");
    }

    [Theory]
    [InlineData("zeros")]
    [InlineData("text")]
    [InlineData("torn")]
    public async Task File_that_is_no_database_is_set_aside_and_a_new_one_begun(string kind)
    {
        await using (var store = Open())
        {
            await WriteAsync(store, 10, Enumerable.Range(0, 5000).Select(i => TestRows.Pass(i)).ToList(), []);
        }

        SqliteConnection.ClearAllPools();
        var bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        var damaged = kind switch
        {
            "zeros" => new byte[8192],
            "text" => "This is no database, whatever its name says."u8.ToArray(),
            _ => [.. bytes[..100], .. new byte[5000]],
        };
        await System.IO.File.WriteAllBytesAsync(File, damaged, TestContext.Current.CancellationToken);
        await using var again = Open();
        again.Cursor.ShouldBe(0);
        await WriteAsync(again, 10, [TestRows.Pass(1)], []);
        (await PassesAsync()).Count.ShouldBe(1);
        _lines.Count(" 4008 ").ShouldBe(1);
        Directory.EnumerateFiles(_folder.Combine("damaged")).Count().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task File_of_the_first_version_is_taken_over()
    {
        var first = System.Reflection.Assembly.GetAssembly(typeof(SqliteStore))!;
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var reader = new StreamReader(first.GetManifestResourceStream(first.GetManifestResourceNames().Single(name => name.Contains("0001", StringComparison.Ordinal)))!);
            SqliteDatabase.Execute(connection, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
            SqliteDatabase.Execute(connection, $"PRAGMA user_version = 1; INSERT INTO progress VALUES (1, 77, '{StoreBench.Network.Version}'); INSERT INTO score_point VALUES ('seg-1', 5000, 2.1, 1.7, 2.6, 'B', 3);");
        }

        await using var store = Open();
        store.Cursor.ShouldBe(77);
        (await PointsAsync()).Single().SampleSize.ShouldBe(3);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private SqliteStore Open() => SqliteStore.Open("sqlite", File, StoreBench.Network, Options, TimeProvider.System, _lines);

    private void Checkpoint()
    {
        using var connection = SqliteDatabase.OpenForWriting(File);
        SqliteDatabase.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static ValueTask WriteAsync(SqliteStore store, long through, IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points) =>
        store.WriteAsync(new StoreRows(through, 0, 0, passes, points), TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<ScorePoint>> PointsAsync(string segment = "seg-1", int limit = 1000) =>
        StoreBench.PointsAsync(new SqliteHistory(File), segment, limit);

    private Task<IReadOnlyList<PassSummary>> PassesAsync() => StoreBench.PassesAsync(new SqliteHistory(File));

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
