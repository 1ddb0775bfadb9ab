using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>Ingest's own clock 20 years off, and right again: what is acknowledged is there once all the same (iotedge#3982, traccar#5029).</summary>
public sealed class WrongClockTests
{
    private static readonly StreetNetwork Streets = GeneratedCity.Create(7);

    [Fact]
    public async Task Twenty_years_off_and_right_again_loses_nothing_and_counts_nothing_twice()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 6, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(4);
        string[][] clocks = [["FAKETIME=-20y"], [], ["FAKETIME=+20y"], []];
        var each = drive.Count / clocks.Length;
        for (var start = 0; start < clocks.Length; start++)
        {
            await using var ingest = await IngestProcess.StartAsync(data, [.. Faked(clocks[start]), "Ingest__Snapshot__Readings=20", "Ingest__Snapshot__Interval=00:00:00.100"]);
            await using var truck = await ingest.ConnectAsync("truck-1");

            // What came before is sent again, too: it is known, whatever the year.
            var sentAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var sent = Enumerable.Range(0, (start + 1) * each).Select(sequence => IngestProcess.PublishAsync(truck, "truck-1", drive.Batch(sequence, 1, sentAtMs: sentAt)).AsTask());
            (await Task.WhenAll(sent)).ShouldAllBe(code => code == MqttReasonCode.Success);

            (await ingest.GetAsync("/metrics")).ShouldContain($"cleanstreets_ingest_readings_accepted_total {each}\n", customMessage: $"start {start}");
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((clocks.Length * each, 0L));
    }

    [Theory]
    [InlineData("+20y", false)]
    [InlineData("+40d", true)]
    public async Task Clock_that_is_ahead_deletes_nothing_closes_nothing_and_says_so(string offset, bool endsMonth)
    {
        string[] settings =
        [
            "Ingest__Journal__SegmentBytes=65536", "Ingest__Journal__Patience=00:00:00", "Ingest__Journal__Retention=1.00:00:00",
            "Ingest__Snapshot__Readings=20", "Ingest__Snapshot__Interval=00:00:00.100",
            "Ingest__Store__Sqlite__KeepPasses=1.00:00:00", "Ingest__Store__Sqlite__TidyInterval=00:00:00",
        ];
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 6, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(60);
        var half = drive.Count / 2;
        await using (var ingest = await IngestProcess.StartAsync(data, settings))
        {
            await SendAsync(ingest, drive, 0, half);
            await Eventually.TrueAsync("there is a snapshot to spare", () => ingest.Program.Output.Split("Snapshot at position").Length > 2);
            (await ingest.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_clock_doubted 0\n");
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        var (files, passes) = (JournalFiles(data), Passes(data));
        files.Count.ShouldBeGreaterThan(2);
        passes.Count.ShouldBeGreaterThan(5);
        var believer = folder.Combine("believer");
        CopyFolder(data, believer);

        // One that is told to believe such a step deletes and closes: so there is something to be held back.
        await using (var ingest = await IngestProcess.StartAsync(believer, [.. Faked($"FAKETIME={offset}"), .. settings, "Ingest__Clock__LongestStep=36500.00:00:00"]))
        {
            await SendAsync(ingest, drive, half, drive.Count);
            await Eventually.TrueAsync("a believer deletes", () => ingest.Program.Output.Contains("files of the journal, up to position"));
            await Eventually.TrueAsync("a believer forgets passes", () => !passes.IsSubsetOf(Passes(believer)));
            if (endsMonth)
            {
                await Eventually.TrueAsync("a believer closes the month", () => ingest.Program.Output.Contains("is closed: the figures of"));
            }

            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        await using (var ingest = await IngestProcess.StartAsync(data, [.. Faked($"FAKETIME={offset}"), .. settings]))
        {
            await SendAsync(ingest, drive, half, drive.Count);
            await Eventually.TrueAsync("snapshots are taken all the same", () => ingest.Program.Output.Split("Snapshot at position").Length > 2);
            var (code, ready) = await ingest.AskAsync("/readyz");
            code.ShouldBe(200, "receiving goes on");
            ready.ShouldContain("The clock of this machine is not believed");
            (await ingest.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_clock_doubted 1\n");
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
            ingest.Program.Output.ShouldNotContain("is closed: the figures of");
            ingest.Program.Output.Split("is not believed").Length.ShouldBe(2, "once an episode");
        }

        files.IsSubsetOf(JournalFiles(data)).ShouldBeTrue("no file of the journal is old");
        passes.IsSubsetOf(Passes(data)).ShouldBeTrue("no pass is old");
        Passes(data).ShouldAllBe(left => left < DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds(), "trucks knew the time");
        Directory.Exists(new IngestPaths(data).Periods).ShouldBeFalse();

        await using (var ingest = await IngestProcess.StartAsync(data, settings))
        {
            (await ingest.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_clock_doubted 0\n");
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((drive.Count, 0L));
    }

    private static async Task SendAsync(IngestProcess ingest, Drive drive, int from, int to)
    {
        await using var truck = await ingest.ConnectAsync("truck-1");
        foreach (var wave in Enumerable.Range(from, to - from).Chunk(32))
        {
            var sentAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var sent = wave.Select(sequence => IngestProcess.PublishAsync(truck, "truck-1", drive.Batch(sequence, 1, sentAtMs: sentAt)).AsTask());
            (await Task.WhenAll(sent)).ShouldAllBe(code => code == MqttReasonCode.Success);
        }
    }

    /// <summary>The settings of a process whose clock is off while its monotonic one is right.</summary>
    private static string[] Faked(params string[] clock)
    {
        var faketime = Directory.Exists("/usr/lib")
            ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 }).FirstOrDefault()
            : null;
        Assert.SkipWhen(faketime is null, "needs libfaketime (apt: faketime)");
        return clock is [] ? [] : [$"LD_PRELOAD={faketime}", "FAKETIME_DONT_FAKE_MONOTONIC=1", .. clock];
    }

    private static HashSet<string> JournalFiles(string data) => [.. Directory.GetFiles(new IngestPaths(data).Journal, "*.journal").Select(path => Path.GetFileName(path))];

    /// <summary>When each stored pass ended.</summary>
    private static HashSet<long> Passes(string data)
    {
        var passes = new HashSet<long>();
        using var connection = SqliteDatabase.OpenForReading(new IngestPaths(data).Store);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT left_at_ms FROM pass";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            passes.Add(row.GetInt64(0));
        }

        return passes;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    [Fact]
    public async Task Clock_that_is_put_back_while_it_runs_holds_up_no_mark_and_keeps_no_session_open()
    {
        var clock = new MovedClock { Offset = TimeSpan.FromDays(20 * 365) };
        await using var bench = new IngestBench { Time = clock };
        await bench.StartAsync();
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 6, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(4);
        var silent = new Drive(Streets, "truck-1", "s-0", seed: 7, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(4);
        var truck = await bench.ConnectAsync("truck-1");
        var through = 0L;
        await truck.SubscribeAsync(
            Topics.Default.Acks(TruckId.Parse("truck-1")),
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                var marks = JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.StoredMarks)!;
                Volatile.Write(ref through, marks.Sessions.SingleOrDefault(mark => mark.SessionId.Value == "s-1")?.StoredThrough ?? 0);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        await IngestBench.PublishAsync(truck, "cleanstreets/v1/readings/truck-1", silent.Batch(0, 5));
        await IngestBench.PublishAsync(truck, "cleanstreets/v1/readings/truck-1", drive.Batch(0, 5));
        await Eventually.TrueAsync("the mark is told", () => Volatile.Read(ref through) == 5);

        clock.Offset = TimeSpan.Zero;

        await IngestBench.PublishAsync(truck, "cleanstreets/v1/readings/truck-1", drive.Batch(5, 5));
        await Eventually.TrueAsync("the mark is told by the right clock, too", () => Volatile.Read(ref through) == 10);
        await Eventually.TrueAsync("the session that fell silent is closed", () => Closed(bench.Data).Contains("s-0"));
    }

    private static List<string> Closed(string data)
    {
        var closed = new List<string>();
        using var reader = new JournalReader(new IngestPaths(data).Journal);
        while (reader.TryReadNext(out var record))
        {
            if (record.Type == JournalRecordType.SessionClosed)
            {
                closed.Add(record.SessionText);
            }
        }

        return closed;
    }

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
