using System.Net.Sockets;
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
            // What was not acknowledged is sent again, and all the rest with it.
            await using var client = await again.ConnectAsync("truck-1");
            for (var i = 0; i < 25; i++)
            {
                (await IngestProcess.PublishAsync(client, "truck-1", drive.Batch(i, 1))).ShouldBe(Mqtt.MqttReasonCode.Success);
            }

            (await again.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_readings_duplicate_total 2", customMessage: "20 at least were there"); // 20 or 21: the failed write may have reached the disk.
            (await again.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, again.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((25, 0L));
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
        var data = Path.Combine(disk, "another");
        var ballast = Path.Combine(disk, "ballast");
        Fill(ballast);
        await using (var told = await WaitingAsync(data))
        {
            (await told.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, told.Program.Output);
        }

        await using var ingest = await WaitingAsync(data);
        (await HearAsync(ingest.Port, [0x10, 14, 0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, 0, 1, (byte)'t'])).ShouldBe([0x20, 0x03, 0x00, (byte)Mqtt.MqttReasonCode.ServerBusy, 0x00]);
        (await HearAsync(ingest.Port, [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 1, (byte)'t'])).ShouldBe([0x20, 0x02, 0x00, 0x03]);
        var (code, text) = await ingest.AskAsync("/healthz");
        code.ShouldBe(200);
        text.ShouldStartWith($"ok, but waiting to start: The disk of {data} is full (No space left on device");
        (code, text) = await ingest.AskAsync("/readyz");
        code.ShouldBe(503);
        text.ShouldContain("It starts by itself when there is room");
        (await ingest.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_journal_full 1");
        (await ingest.AskAsync(Contracts.ReadApi.ReadApiPaths.Scores)).Code.ShouldBe(503);

        // A truck that has come too early goes on trying by itself.
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 2, Start).Over(2);
        var turnedAway = new TaskCompletionSource<Mqtt.MqttReasonCode>();
        await using var truck = await ingest.BeginToConnectAsync("truck-1", change => turnedAway.TrySetResult(change.Reason));
        (await turnedAway.Task.WaitAsync(IngestProcess.Patience)).ShouldBe(Mqtt.MqttReasonCode.ServerBusy);
        ingest.Program.Output.Split("The start waits").Length.ShouldBe(2, "once an episode");

        File.Delete(ballast);

        await ingest.Program.ReadyAsync(IngestProcess.Patience);
        ingest.Program.Output.ShouldContain("There is room again: starting.");
        await truck.WaitConnectedAsync(CancellationToken.None).WaitAsync(IngestProcess.Patience);
        (await IngestProcess.PublishAsync(truck, "truck-1", drive.Batch(0, 5))).ShouldBe(Mqtt.MqttReasonCode.Success);
        (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        IngestProcess.Stored(data).Accepted.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Disk_that_fills_at_any_file_of_a_start_is_waited_for_and_the_start_goes_on_by_itself()
    {
        using var folder = new TemporaryFolder();
        var disk = folder.Combine("disk");
        Directory.CreateDirectory(disk);
        await using var mount = ProductProgram.StartProcess("mount", ["-t", "tmpfs", "-o", "size=32m,nr_inodes=3", "cleanstreets-test", disk]);
        Assert.SkipWhen(await mount.ExitAsync(IngestProcess.Patience) != 0, "This user may not mount a small disk.");
        try
        {
            await StartFileByFileAsync(disk);
        }
        finally
        {
            await using var unmount = ProductProgram.StartProcess("umount", [disk]);
            await unmount.ExitAsync(IngestProcess.Patience);
        }
    }

    /// <summary>Room for one file more each time: so each file that a start makes is the one that finds no room.</summary>
    private static async Task StartFileByFileAsync(string disk)
    {
        var data = Path.Combine(disk, "ingest");
        var (mqtt, readApi) = (FreePort.Next(), FreePort.Next());
        await using var program = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data, "--mqtt", $"127.0.0.1:{mqtt}", "--read-api", $"127.0.0.1:{readApi}", "--streets", "generated:7");
        using var asking = new HttpClient();
        var waits = 0;
        for (var room = 3; room < 100; room++)
        {
            // A try that fails at the same file as the one before says nothing anew.
            var (before, hasTried) = (waits, false);
            await Eventually.TrueAsync($"it waits for more than {room} files, or is ready", async () =>
            {
                waits = program.Output.Split("waiting ingest mqtt=").Length - 1;
                var isWaiting = await IsWaitingAsync();
                hasTried |= !isWaiting;
                return waits > before || IsReady() || program.ExitCode is not null || (isWaiting && (hasTried || Entries() >= room));
            });
            program.ExitCode.ShouldBeNull(program.Output);
            if (IsReady())
            {
                break;
            }

            await using var more = ProductProgram.StartProcess("mount", ["-o", $"remount,nr_inodes={room + 1}", disk]);
            (await more.ExitAsync(IngestProcess.Patience)).ShouldBe(0, more.Output);
        }

        waits.ShouldBeGreaterThan(3, program.Output);
        await using (var all = ProductProgram.StartProcess("mount", ["-o", "remount,nr_inodes=10000", disk]))
        {
            await all.ExitAsync(IngestProcess.Patience);
        }

        var ingest = IngestProcess.Of(program, await program.ReadyAsync(IngestProcess.Patience));
        await Eventually.TrueAsync("the store is open as well", async () => (await ingest.GetAsync("/readyz")).Contains("Stored up to position"));
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 2, Start).Over(2);
        await using (var truck = await ingest.ConnectAsync("truck-1"))
        {
            (await IngestProcess.PublishAsync(truck, "truck-1", drive.Batch(0, 5))).ShouldBe(Mqtt.MqttReasonCode.Success);
        }

        (await program.StopAsync(IngestProcess.Patience)).ShouldBe(0, program.Output);
        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((5, 0L));

        async Task<bool> IsWaitingAsync()
        {
            try
            {
                return (await asking.GetStringAsync(new Uri($"http://127.0.0.1:{readApi}/healthz"))).Contains("waiting to start");
            }
            catch (HttpRequestException)
            {
                return false; // Between two tries.
            }
        }

        int Entries() => Directory.EnumerateFileSystemEntries(disk, "*", SearchOption.AllDirectories).Count() + 1;

        bool IsReady() => program.Output.Contains("ready ingest ");
    }

    private static async Task<IngestProcess> WaitingAsync(string data)
    {
        var (mqtt, readApi) = (FreePort.Next(), FreePort.Next());
        var program = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data, "--mqtt", $"127.0.0.1:{mqtt}", "--read-api", $"127.0.0.1:{readApi}", "--streets", "generated:7");
        var said = $"waiting ingest mqtt=127.0.0.1:{mqtt} read-api=http://127.0.0.1:{readApi}: The disk of {data} is full";
        await Eventually.TrueAsync("it says that it waits", () => program.Output.Contains(said) || program.ExitCode is not null);
        program.ExitCode.ShouldBeNull(program.Output);
        return IngestProcess.Of(program, $"waiting mqtt=127.0.0.1:{mqtt} read-api=http://127.0.0.1:{readApi}");
    }

    /// <summary>Everything a server answers until it closes.</summary>
    private static async Task<byte[]> HearAsync(int port, byte[] connect)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await client.GetStream().WriteAsync(connect);
        using var heard = new MemoryStream();
        await client.GetStream().CopyToAsync(heard).WaitAsync(IngestProcess.Patience);
        return heard.ToArray();
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
