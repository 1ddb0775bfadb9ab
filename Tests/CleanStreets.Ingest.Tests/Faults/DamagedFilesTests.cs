using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Store;
using CleanStreets.Mqtt;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>Each file of ingest's folder in turn as a power cut or a bad disk may leave it (mosquitto#2639, vernemq#1543): the service starts, says so and takes readings.</summary>
public sealed class DamagedFilesTests : IAsyncDisposable
{
    // SQLite takes an empty file for a new database: what stood there is made again, or comes again out of the store log.
    private static readonly string[] QuietWhenEmpty = ["quarantine.db", "segments.db"];

    private readonly TemporaryFolder _whole = new();
    private readonly IngestBench _bench;
    private LineLog _log = new();

    public DamagedFilesTests() => _bench = new IngestBench(builder =>
    {
        builder.Services.AddSingleton<ILoggerFactory>(_ => _log);
        builder.Services.Configure<SnapshotOptions>(options => (options.Readings, options.Interval) = (50, TimeSpan.FromDays(1)));
        builder.Services.Configure<StoreOptions>(options => options.LongestRetryPause = TimeSpan.FromSeconds(1));
    })
    {
        Stores = ["sqlite", $"influx=http://127.0.0.1:{FreePort.Next()}"],
    };

    public static TheoryData<string> Damages => ["zeros", "nothing", "half", "alien"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Start_is_loud_and_takes_readings_whichever_file_is_damaged(string damage)
    {
        await _bench.StartAsync();
        await SendAsync(0, 200);
        await Eventually.TrueAsync("there is a snapshot", () => _bench.Pipeline.SnapshotPosition > 0);
        var version = _bench.Network.Version;
        await StopAsync();
        foreach (var store in new[] { "sqlite", "influx" })
        {
            var marks = new StoreMarks(new IngestPaths(_bench.Data).StoreMarks, store, version);
            marks.MoveTo(100);
            marks.Add(new StoreGap(10, 20));
        }

        Copy(_bench.Data, _whole.Path);
        var files = Directory.GetFiles(_whole.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_whole.Path, file))
            .Where(file => file != "ingest.lock" && !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal))
            .Where(file => !IsOfOlderSnapshot(file)).Order(StringComparer.Ordinal).ToList();
        files.Count.ShouldBeGreaterThan(10);
        await StartAsync(damagedFile: null, damage);
        Complaints().ShouldBe(0, _log.Text);
        await StopAsync();
        foreach (var file in files)
        {
            await StartAsync(file, damage);

            await SendAsync(200, 210);
            if (damage != "nothing" || !QuietWhenEmpty.Contains(file))
            {
                Complaints().ShouldBeGreaterThan(0, $"{damage} in {file} is said:{Environment.NewLine}{_log.Text}");
            }

            await StopAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_that_cannot_be_opened_at_the_start_stops_nobody_and_catches_up(bool isLocked)
    {
        await _bench.StartAsync();
        await SendAsync(0, 50);
        await Eventually.TrueAsync("it is stored", () => Sqlite().Store.Cursor >= _bench.Pipeline.Progress.JournalledThrough);
        await StopAsync();
        var path = new IngestPaths(_bench.Data).Store;
        SqliteConnection? other = null;
        if (isLocked)
        {
            other = new SqliteConnection($"Data Source={path};Pooling=False");
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
        }
        else
        {
            File.Move(path, path + ".away");
            Directory.CreateDirectory(path);
        }

        await _bench.StartAsync();
        await SendAsync(50, 100);
        await Eventually.TrueAsync("it is said", () => Sqlite().Standing.Failure is not null);

        if (other is not null)
        {
            await other.DisposeAsync();
        }
        else
        {
            Directory.Delete(path);
            File.Move(path + ".away", path);
        }

        await Eventually.TrueAsync("it has caught up", () => Sqlite().Store.Cursor >= _bench.Pipeline.Progress.JournalledThrough);
        Sqlite().Marks.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Store_whose_marks_are_damaged_is_marked_up_to_where_it_is()
    {
        await _bench.StartAsync();
        await SendAsync(0, 50);
        await Eventually.TrueAsync("it is stored", () => Sqlite().Store.Cursor >= _bench.Pipeline.Progress.JournalledThrough);
        await StopAsync();
        await File.WriteAllTextAsync(Path.Combine(new IngestPaths(_bench.Data).StoreMarks, "sqlite.gaps.json"), "{\"Net", TestContext.Current.CancellationToken);

        await _bench.StartAsync();

        Sqlite().Marks.Gaps.ShouldBe([new StoreGap(0, Sqlite().Store.Cursor)]);
        _log.Count(" 4011 ").ShouldBe(1);
        await _bench.RestartAsync();
        Sqlite().Marks.Gaps.Count.ShouldBe(1);
        _log.Count(" 4011 ").ShouldBe(1, "it is written down");
    }

    [Fact]
    public async Task Damaged_copy_of_the_streets_is_asked_for_where_nobody_names_them()
    {
        await _bench.StartAsync();
        await StopAsync();
        await File.WriteAllTextAsync(new IngestPaths(_bench.Data).Streets, "{", TestContext.Current.CancellationToken);

        Should.Throw<UsageException>(() => StreetSource.Load(null, new IngestPaths(_bench.Data))).Message.ShouldContain("name the streets with --streets");

        StreetSource.Load("generated:7", new IngestPaths(_bench.Data)).Kept.ShouldNotBeNull();
        StreetSource.Load(null, new IngestPaths(_bench.Data)).Network.Segments.Count.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _whole.Dispose();
    }

    private StoreLoop Sqlite() => _bench.Pipeline.Stores.Loops.Single(loop => loop.Store.Name == "sqlite");

    private async Task StartAsync(string? damagedFile, string damage)
    {
        Directory.Delete(_bench.Data, recursive: true);
        Copy(_whole.Path, _bench.Data);
        if (damagedFile is not null)
        {
            Damage(Path.Combine(_bench.Data, damagedFile), damage);
        }

        _log = new LineLog();
        await _bench.StartAsync();
    }

    /// <summary>Lines of trouble, without those about the store that is away all the while.</summary>
    private int Complaints() => _log.Count("Error ") + _log.Count("Warning ") - _log.Count(" 4000 ");

    private async Task StopAsync()
    {
        await _bench.StopAsync();
        SqliteConnection.ClearAllPools();
    }

    private async Task SendAsync(int from, int to)
    {
        var drive = new Drive(_bench.Network, "truck-1", $"s-{from}", seed: 3, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(60);
        var client = await _bench.ConnectAsync("truck-1");
        for (var i = from; i < to; i += 10)
        {
            (await IngestBench.PublishAsync(client, "cleanstreets/v1/readings/truck-1", drive.Batch(i, 10))).ShouldBe(MqttReasonCode.Success);
        }
    }

    // The older of two snapshots is only looked at when the newer one cannot be used.
    private bool IsOfOlderSnapshot(string file) =>
        file.StartsWith("snapshots", StringComparison.Ordinal)
        && !Path.GetFileName(file).StartsWith(Path.GetFileName(Directory.GetFiles(Path.Combine(_whole.Path, "snapshots")).Max(StringComparer.Ordinal)!)[..20], StringComparison.Ordinal);

    private static void Damage(string file, string how)
    {
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, how switch
        {
            "zeros" => new byte[bytes.Length],
            "nothing" => [],
            "half" => bytes[..(bytes.Length / 2)],
            _ => [.. Enumerable.Repeat("this is something else\n"u8.ToArray(), 5).SelectMany(line => line)],
        });
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
