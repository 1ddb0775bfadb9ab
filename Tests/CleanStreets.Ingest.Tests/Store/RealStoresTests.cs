using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Against InfluxDB and VictoriaMetrics themselves.</summary>
public sealed class RealStoresTests : IAsyncDisposable
{
    private readonly RunningInflux _influx = new();
    private readonly RunningVictoria _victoria = new();
    private StoreBench? _bench;

    [Fact]
    public async Task History_reads_the_same_from_each_of_them()
    {
        await StartAsync("sqlite", Influx, Victoria);
        _bench!.Append(Enumerable.Range(0, 500).Select(i => TestRows.Pass(i, segment: $"seg-{i % 2}")).ToList());
        await AllStoredAsync(500);

        var points = new List<IReadOnlyList<ScorePoint>>();
        var passes = new List<IReadOnlyList<string>>();
        foreach (var history in Histories())
        {
            points.Add(await StoreBench.PointsAsync(history, "seg-1"));
            var read = await StoreBench.PassesAsync(history, "seg-1", limit: 100);
            passes.Add(read.Select(pass => TestRows.Text(pass with { CameraId = null, OrderId = null })).ToList());
        }

        points[0].Count.ShouldBe(250);
        points[1].ShouldBe(points[0]);
        points[2].ShouldBe(points[0]);
        passes[0].Count.ShouldBe(100);
        passes[1].ShouldBe(passes[0]);
        passes[2].ShouldBe(passes[0]);
        (await StoreBench.PassesAsync(Histories()[1], "seg-1"))[0].CameraId.ShouldBe(TestRows.Pass(1).Pass.CameraId, "InfluxDB keeps texts");
        (await StoreBench.PassesAsync(Histories()[0], "seg-1", limit: 500)).Select(pass => pass.OrderId)
            .ShouldBe((await StoreBench.PassesAsync(Histories()[1], "seg-1", limit: 500)).Select(pass => pass.OrderId));
        (await StoreBench.PointsAsync(Histories()[1], "seg-1", limit: 100)).Count.ShouldBe(1, "all of one hour, thinned to its last");
    }

    [Fact]
    public async Task Thousand_passes_of_one_millisecond_count_a_thousand_however_often_they_come()
    {
        await StartAsync(Influx, Victoria);
        var at = TestRows.Start;
        var passes = Enumerable.Range(0, 1000).Select(i => TestRows.Pass(9_000_000 + (i / 10 * 300), i % 10, truck: $"truck-{i % 10}", leftAt: at)).ToList();
        for (var time = 0; time < 3; time++)
        {
            foreach (var loop in _bench!.Set.Loops)
            {
                await loop.Store.WriteAsync(new StoreRows(1000, 0, 0, passes, []), TestContext.Current.CancellationToken);
            }
        }

        (await _influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(1000);
        (await StoreBench.PassesAsync(Histories()[1])).Count.ShouldBe(1000);

        // VictoriaMetrics keeps milliseconds: passes of one truck over one street that end in the same one are one there.
        await _victoria.FlushAsync();
        (await StoreBench.PassesAsync(Histories()[2])).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Thousand_trucks_in_one_millisecond_are_a_thousand_in_VictoriaMetrics_too()
    {
        await StartAsync(Victoria);
        var passes = Enumerable.Range(0, 1000).Select(i => TestRows.Pass(5, i, truck: $"truck-{i}", leftAt: TestRows.Start)).ToList();
        for (var time = 0; time < 3; time++)
        {
            await _bench!["victoria"].Store.WriteAsync(new StoreRows(6, 0, 0, passes, []), TestContext.Current.CancellationToken);
        }

        await _victoria.FlushAsync();
        (await StoreBench.PassesAsync(Histories()[2])).Count.ShouldBe(1000);
    }

    [Fact]
    public async Task Frozen_store_stops_no_other_and_catches_up_when_it_goes_on()
    {
        _influx.ShouldNotBeNull();
        await StartAsync(Influx, Victoria, "sqlite");
        _bench!.Options.WriteTimeout = TimeSpan.FromSeconds(15); // Long for a store that answers, even on a machine that stalls.
        await _bench.RestartAsync();
        _bench.Append(TestRows.Pass(0));
        await AllStoredAsync(1);
        var before = _bench.Lines.Count(" 4000 ");
        _influx.Freeze();
        for (var i = 1; i <= 20; i++)
        {
            _bench.Append(Enumerable.Range(i * 100, 100).Select(position => TestRows.Pass(position)).ToList());
        }

        await _bench.StoredAsync("victoria", 2100);
        await _bench.StoredAsync("sqlite", 2100);
        _bench["influx"].Store.Cursor.ShouldBe(1);
        await Eventually.TrueAsync("the frozen one is said to fail", () => _bench["influx"].Standing.Failure is not null);
        _bench["influx"].Standing.Failure!.ShouldContain("no answer");
        _influx.Thaw();
        await _bench.StoredAsync("influx", 2100);
        (await _influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(2001);
        (_bench.Lines.Count(" 4000 ") - before).ShouldBe(1, "one line an episode");
    }

    [Fact]
    public async Task Store_that_was_down_is_found_again_with_everything_in_it_even_across_our_own_restart()
    {
        await StartAsync(Influx);
        _bench!.Append(Enumerable.Range(0, 100).Select(i => TestRows.Pass(i)).ToList());
        await _bench.StoredAsync("influx", 100);
        await _influx.KillAsync();
        _bench.Append(Enumerable.Range(100, 100).Select(i => TestRows.Pass(i)).ToList());
        await Eventually.TrueAsync("it is said to be down", () => _bench["influx"].Standing.Failure is not null);
        await _bench.RestartAsync();
        _bench["influx"].Store.Cursor.ShouldBe(100);
        await _influx.StartAsync();
        await _bench.StoredAsync("influx", 200);
        (await _influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(200);
        _bench["influx"].Marks.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Point_that_InfluxDB_itself_refuses_is_set_aside_and_its_batch_is_stored()
    {
        await StartAsync(Influx);
        using var http = new HttpClient();
        _bench!.Append(TestRows.Pass(0));
        await _bench.StoredAsync("influx", 1);
        using var foreign = await http.PostAsync(
            new Uri(_influx.Url, "/write?db=cleanstreets"), new StringContent($"{LineSchema.Pass} count_weeds=\"many\" {TestRows.Start.ToUnixTimeMilliseconds()}000000"), TestContext.Current.CancellationToken);
        foreign.IsSuccessStatusCode.ShouldBeTrue("somebody else's tool made the field a text");
        var weeds = TestRows.Pass(50);
        weeds = weeds with { Pass = weeds.Pass with { Counts = new Dictionary<string, int> { ["weeds"] = 1 } } };
        _bench.Append([.. Enumerable.Range(1, 40).Select(i => TestRows.Pass(i)), weeds, TestRows.Pass(60)]);
        await _bench.StoredAsync("influx", 61);
        _bench["influx"].Store.Refused.ShouldBeGreaterThan(0);
        (await _influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(42);
    }

    [Fact]
    public async Task Log_in_is_demanded_and_given()
    {
        await using var guarded = new RunningInflux { DemandsLogIn = true };
        await guarded.StartAsync();
        await guarded.CreateAdminAsync("ingest", "secret");
        _bench = new StoreBench($"influx={guarded.Url}?db=other").Start();
        _bench.Append(TestRows.Pass(0));
        await Eventually.TrueAsync("the log-in is missed", () => _bench["influx"].Standing.Failure?.Contains("refuses the log-in", StringComparison.Ordinal) == true);
        _bench.Options.Access["influx"] = new StoreAccess { User = "ingest", Password = "secret" };
        await _bench.RestartAsync();
        await _bench.StoredAsync("influx", 1);
        (await StoreBench.PassesAsync(_bench.Set.History)).Count.ShouldBe(1);
        _bench.Lines.Text.ShouldNotContain("secret");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        await _influx.DisposeAsync();
        await _victoria.DisposeAsync();
    }

    private string Influx => $"influx={_influx.Url}";

    private string Victoria => $"victoria={_victoria.Url}";

    private async Task StartAsync(params string[] stores)
    {
        var servers = new SeriesServer[] { _influx, _victoria }.Where(server => stores.Any(store => store.Contains(server.Url.ToString(), StringComparison.Ordinal)));
        await Task.WhenAll(servers.Select(server => server.StartAsync()));
        _bench = new StoreBench(stores).Start();
    }

    private async Task AllStoredAsync(long through)
    {
        foreach (var loop in _bench!.Set.Loops)
        {
            await _bench.StoredAsync(loop.Store.Name, through);
        }

        if (_bench.Set.Loops.Any(loop => loop.Store.Name == "victoria"))
        {
            await _victoria.FlushAsync();
        }
    }

    /// <summary>Histories of SQLite, InfluxDB and VictoriaMetrics, in this order.</summary>
    private List<ISegmentHistory> Histories()
    {
        var options = _bench!.Options;
        var (influx, victoria) = (StoreAddress.Parse(Influx), StoreAddress.Parse(Victoria));
        return
        [
            new Ingest.Store.Sqlite.SqliteHistory(_bench.Paths.Store),
            new Ingest.Store.Influx.InfluxHistory(influx, new StoreHttp(influx, new StoreAccess(), options, TimeProvider.System), StoreBench.Network.Version),
            new Ingest.Store.Victoria.VictoriaHistory(victoria, new StoreHttp(victoria, new StoreAccess(), options, TimeProvider.System), StoreBench.Network.Version),
        ];
    }
}
