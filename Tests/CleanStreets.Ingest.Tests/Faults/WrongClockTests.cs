using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
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
        var faketime = Directory.Exists("/usr/lib")
            ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 }).FirstOrDefault()
            : null;
        Assert.SkipWhen(faketime is null, "needs libfaketime (apt: faketime)");
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 6, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(4);
        string[][] clocks = [["FAKETIME=-20y"], [], ["FAKETIME=+20y"], []];
        var each = drive.Count / clocks.Length;
        for (var start = 0; start < clocks.Length; start++)
        {
            string[] preload = clocks[start] is [] ? [] : [$"LD_PRELOAD={faketime}", "FAKETIME_DONT_FAKE_MONOTONIC=1", .. clocks[start]];
            await using var ingest = await IngestProcess.StartAsync(data, [.. preload, "Ingest__Snapshot__Readings=20", "Ingest__Snapshot__Interval=00:00:00.100"]);
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
