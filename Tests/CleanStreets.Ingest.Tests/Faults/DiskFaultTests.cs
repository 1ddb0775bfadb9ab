using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>The disk under the real service: fsync that fails, no room, and the journal's own cap.</summary>
public sealed class DiskFaultTests
{
    private static readonly StreetNetwork Streets = GeneratedCity.Create(7);
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();

    [Fact]
    public async Task Failed_fsync_acknowledges_nothing_is_said_loudly_and_never_tried_again()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed: deploy/test installs it.");
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 1, Start).Over(10);
        await using (var ingest = await IngestProcess.StartAsync(data))
        {
            await using var client = await ingest.ConnectAsync("truck-1");
            for (var i = 0; i < 20; i++)
            {
                (await IngestProcess.PublishAsync(client, "truck-1", drive.Batch(i, 1))).ShouldBe(Mqtt.MqttReasonCode.Success);
            }

            await using var strace = ProductProgram.StartProcess(
                "strace", ["-f", "-y", "-p", $"{ingest.Program.Id}", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"]);
            await Eventually.TrueAsync("strace has attached", () => strace.Output.Contains("attached") || strace.ExitCode is not null);
            Assert.SkipWhen(strace.Output.Contains("not permitted"), "This machine lets nobody trace a process.");

            using var stop = new CancellationTokenSource();
            var publishing = IngestProcess.PublishAsync(client, "truck-1", drive.Batch(20, 1), stop.Token).AsTask();

            (await ingest.Program.ExitAsync(IngestProcess.Patience)).ShouldBe(1, ingest.Program.Output);
            publishing.IsCompletedSuccessfully.ShouldBeFalse("nothing is acknowledged by an fsync that failed");
            await stop.CancelAsync();
            ingest.Program.Output.ShouldContain("nothing more is acknowledged");
            ingest.Program.Output.ShouldContain("Input/output error");
            await strace.ExitAsync(IngestProcess.Patience);
            strace.Output.Split('\n').Count(line => line.Contains("/journal/") && line.Contains("INJECTED")).ShouldBe(1, strace.Output);
        }

        await using (var again = await IngestProcess.StartAsync(data))
        {
            (await again.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, again.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        twice.ShouldBe(0);
        Enumerable.Range(1, 20).Where(sequence => !accepted.Contains(("truck-1", "s-1", sequence))).ShouldBeEmpty("acknowledged means on disk");
    }

    [Fact]
    public async Task Full_disk_stops_acknowledging_says_so_once_and_goes_on_when_there_is_room()
    {
        using var folder = new TemporaryFolder();
        var disk = folder.Combine("disk");
        Directory.CreateDirectory(disk);
        await using var mount = ProductProgram.StartProcess("mount", ["-t", "tmpfs", "-o", "size=12m", "cleanstreets-test", disk]);
        Assert.SkipWhen(await mount.ExitAsync(IngestProcess.Patience) != 0, "This user may not mount a small disk.");
        try
        {
            await FillAndFreeAsync(disk);
            await StartOnFullDiskAsync(disk);
        }
        finally
        {
            await using var unmount = ProductProgram.StartProcess("umount", [disk]);
            await unmount.ExitAsync(IngestProcess.Patience);
        }
    }

    private static async Task FillAndFreeAsync(string disk)
    {
        var data = Path.Combine(disk, "ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 2, Start).Over(40);
        var acknowledged = 0;
        await using (var ingest = await IngestProcess.StartAsync(data, "Ingest__Journal__SegmentBytes=65536", "Ingest__Journal__RoomPause=00:00:00.050", "Ingest__Journal__CommitInterval=00:00:00"))
        {
            await using var client = await ingest.ConnectAsync("truck-1");
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < drive.Count; i++)
                {
                    (await IngestProcess.PublishAsync(client, "truck-1", drive.Batch(i, 1))).ShouldBe(Mqtt.MqttReasonCode.Success);
                    Interlocked.Increment(ref acknowledged);
                }
            });
            await Eventually.TrueAsync("readings are acknowledged", () => Volatile.Read(ref acknowledged) > 20);
            var ballast = Path.Combine(disk, "ballast");
            Fill(ballast);
            await Eventually.TrueAsync("the full disk is said", () => ingest.Program.Output.Contains("Nothing more is acknowledged: the disk is full"));
            var before = Volatile.Read(ref acknowledged);
            before.ShouldBeLessThan(drive.Count);
            (await ingest.AskAsync("/healthz")).ShouldBe((200, "ok, but nothing is acknowledged: the disk is full (No space left on device : '" + JournalFileIn(data) + "')\n"));
            (await ingest.AskAsync("/readyz")).Code.ShouldBe(503);
            (await ingest.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_journal_full 1");
            Volatile.Read(ref acknowledged).ShouldBe(before);

            File.Delete(ballast);

            await sending;
            ingest.Program.Output.Split("Nothing more is acknowledged").Length.ShouldBe(2, "once an episode");
            ingest.Program.Output.ShouldContain("The journal has room again");
            await Eventually.GetAsync("it is ready again", async () => (await ingest.AskAsync("/readyz")).Code == 200 ? "yes" : null);
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((drive.Count, 0L));
    }

    private static async Task StartOnFullDiskAsync(string disk)
    {
        // Nothing of it is lost, so it may begin anew; then there is something to be written at the start for sure.
        var data = Path.Combine(disk, "another");
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(new IngestPaths(data).LockFile, string.Empty);
        Fill(Path.Combine(disk, "ballast"));
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7");
        (await ingest.ExitAsync(IngestProcess.Patience)).ShouldBe(1, ingest.Output);
        ingest.Output.ShouldContain("is full");
        ingest.Output.ShouldNotContain("   at ");
        File.Delete(Path.Combine(disk, "ballast"));
        await using var again = await IngestProcess.StartAsync(data);
        (await again.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, again.Program.Output);
    }

    [Fact]
    public async Task Journal_at_its_cap_makes_room_by_a_snapshot_and_loses_nothing()
    {
        await using var bench = new IngestBench(builder =>
        {
            builder.Services.Configure<JournalOptions>(options =>
                (options.SegmentBytes, options.MaximumBytes, options.CommitInterval) = (64 * 1024, 256 * 1024, TimeSpan.Zero));
            builder.Services.Configure<SnapshotOptions>(options => (options.Readings, options.Interval) = (1_000_000_000, TimeSpan.FromDays(1)));
            builder.Services.Configure<Acknowledge.AcknowledgeOptions>(options => options.MarksInterval = TimeSpan.FromMilliseconds(50));
        });
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 3, Start).Over(120);
        var client = await bench.ConnectAsync("truck-1", inFlight: 16);
        var largest = 0L;
        foreach (var batches in drive.Batches(1).Chunk(16))
        {
            var sent = batches.Select(batch => IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch).AsTask());
            (await Task.WhenAll(sent)).ShouldAllBe(code => code == Mqtt.MqttReasonCode.Success);
            largest = Math.Max(largest, bench.Pipeline.Progress.Bytes);
        }

        await bench.SettledAsync();
        bench.Pipeline.Fates.Accepted.ShouldBe(drive.Count);
        bench.Pipeline.Room.Episodes.ShouldBeGreaterThan(0);
        bench.Pipeline.Room.Reason.ShouldBeNull();
        largest.ShouldBeLessThan(512 * 1024);
        bench.Pipeline.Progress.JournalledThrough.ShouldBeGreaterThan(2 * 256 * 1024);
        var scores = await bench.GetAsync(Contracts.ReadApi.ReadApiPaths.Scores);
        await bench.RestartAsync();
        (await bench.GetAsync(Contracts.ReadApi.ReadApiPaths.Scores)).ShouldBe(scores, "what was deleted is in the snapshots");
    }

    private static string JournalFileIn(string data) => Directory.GetFiles(new IngestPaths(data).Journal, "*.journal").Order(StringComparer.Ordinal).Last();

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
