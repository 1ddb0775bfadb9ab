using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>A start with much to catch up, held up for as long as the test wants by a store log without room.</summary>
public sealed class StartTests
{
    private static readonly StreetNetwork Streets = GeneratedCity.Create(7);
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();

    [Fact]
    public async Task Publishes_are_acknowledged_and_a_stop_is_heard_while_scores_catch_up()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(Streets, "truck-1", "s-1", seed: 3, Start).Over(500);
        string scores;
        await using (var ingest = await IngestProcess.StartAsync(data))
        {
            await using var client = await ingest.ConnectAsync("truck-1");
            foreach (var wave in drive.Batches(20).SkipLast(1).Chunk(32))
            {
                (await Task.WhenAll(wave.Select(batch => IngestProcess.PublishAsync(client, "truck-1", batch).AsTask()))).ShouldAllBe(code => code == MqttReasonCode.Success);
            }

            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        await using (var ingest = await IngestProcess.StartAsync(data))
        {
            scores = await ingest.ScoresAsync();
            (await ingest.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        }

        var log = new IngestPaths(data).StoreLog;
        await using var mount = ProductProgram.StartProcess("mount", ["-t", "tmpfs", "-o", "size=32k", "cleanstreets-test", log]);
        Assert.SkipWhen(await mount.ExitAsync(IngestProcess.Patience) != 0, "This user may not mount a small disk.");
        try
        {
            // There is no snapshot yet and the store log is another: everything is read again, as after a change of streets.
            await StopWhileCatchingUpAsync(data, log, drive);
            await using var last = await IngestProcess.StartAsync(data);
            (await last.ScoresAsync()).ShouldBe(scores);
            (await last.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, last.Program.Output);
            last.Program.Output.ShouldContain("Stopped: everything acknowledged is on disk");
        }
        finally
        {
            await using var unmount = ProductProgram.StartProcess("umount", [log]);
            await unmount.ExitAsync(IngestProcess.Patience);
        }
    }

    private static async Task StopWhileCatchingUpAsync(string data, string log, Drive drive)
    {
        await using var ingest = await IngestProcess.StartReceivingAsync(
            data, "Ingest__Pipeline__BatchMessages=1", "Ingest__Score__Interval=00:00:00", "Ingest__Score__MostOfOneCore=1", "Ingest__Store__Log__SyncInterval=00:00:00", "Ingest__Store__Log__SyncRows=1", "Ingest__Store__Log__QueueDepth=1");
        await Eventually.TrueAsync("catching up is held up", () => ingest.Program.Output.Contains("The store log cannot be written"));
        ingest.Program.Output.ShouldContain("Scores catch up from position 0");
        var (code, text) = await ingest.AskAsync("/readyz");
        code.ShouldBe(503);
        text.ShouldContain("They catch up");
        (await ingest.GetAsync(ReadApiPaths.Status)).ShouldContain("\"ready\":false");

        // More than all batches and queues hold: nobody waits for Match.
        await using (var client = await ingest.ConnectAsync("truck-1"))
        {
            for (var repeat = 0; repeat < 100; repeat++)
            {
                (await IngestProcess.PublishAsync(client, "truck-1", drive.Batch(0, 20))).ShouldBe(MqttReasonCode.Success);
            }
        }

        ingest.Program.Signal(15);
        await Eventually.TrueAsync("the stop is heard", async () =>
        {
            try
            {
                await ingest.AskAsync("/healthz");
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        });
        await using var room = ProductProgram.StartProcess("mount", ["-o", "remount,size=64m", log]);
        await room.ExitAsync(IngestProcess.Patience);
        (await ingest.Program.ExitAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Program.Output);
        ingest.Program.Output.ShouldContain("Stopped while scores were catching up");
        ingest.Program.Output.ShouldNotContain("Scores are recovered");
    }
}
