using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Snapshot;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>More trucks than there are places, each killed service in between: who gave up its place is known as before, and nothing counts twice.</summary>
public sealed class RosterKillTests
{
    private const int Places = 4;
    private const int Rounds = 3;

    [Fact]
    public async Task Killed_while_trucks_give_up_their_places_it_knows_what_they_sent_and_every_reading_counts_once()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        string[] settings =
        [
            $"Ingest__Admission__Trucks={Places}", "Ingest__Admission__ProbationIdle=00:00:01", "Ingest__Snapshot__Readings=7", "Ingest__Snapshot__Interval=00:00:00.200",
            "Ingest__Store__Log__SyncInterval=00:00:00.020",
        ];
        var sent = new List<(string Truck, byte[] Batch)>();
        var network = GeneratedCity.Create(7);
        for (var round = 0; round < Rounds; round++)
        {
            await using var ingest = await IngestProcess.StartAsync(data, settings);
            await using var client = await ingest.ConnectAsync("fleet");
            for (var i = 0; i < Places; i++)
            {
                // Two readings in the middle are still on the truck: what is behind them is no part of the mark.
                var drive = new Drive(network, $"truck-{round}-{i}", "s-1", seed: i, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Standing(10);
                foreach (var batch in new[] { drive.Batch(0, 4), drive.Batch(6, 4) })
                {
                    await SendUntilAcceptedAsync(client, data, drive.Truck, batch);
                    sent.Add((drive.Truck, batch));
                }
            }

            foreach (var (truck, batch) in sent)
            {
                (await IngestProcess.PublishAsync(client, truck, batch)).ShouldBe(MqttReasonCode.Success);
            }

            await Eventually.TrueAsync("there is a snapshot", () => Directory.EnumerateFiles(new IngestPaths(data).Snapshots, "*.snapshot").Any());
            if (round > 0)
            {
                await Eventually.TrueAsync("that the places are taken is said", () => ingest.Program.Output.Contains("All 4 places for trucks", StringComparison.Ordinal));
                ingest.Program.Output.Split("All 4 places for trucks").Length.ShouldBe(2, "once an episode");
            }

            await ingest.Program.KillAsync();
        }

        await using (var last = await IngestProcess.StartAsync(data, settings))
        {
            await using var client = await last.ConnectAsync("fleet");
            foreach (var (truck, batch) in sent)
            {
                (await IngestProcess.PublishAsync(client, truck, batch)).ShouldBe(MqttReasonCode.Success);
            }

            (await last.Program.StopAsync(IngestProcess.Patience)).ShouldBe(0, last.Program.Output);
        }

        var (accepted, twice) = IngestProcess.Stored(data);
        (accepted.Count, twice).ShouldBe((Rounds * Places * 8, 0));
        ShouldBeTheSameFromSnapshotAndFromJournal(data);
    }

    private static async Task SendUntilAcceptedAsync(Mqtt.Client.MqttClient client, string data, string truck, byte[] batch)
    {
        var before = IngestProcess.Stored(data).Accepted.Count;

        // As long as everybody who has a place is awake there is none.
        await Eventually.TrueAsync($"{truck} has a place", async () =>
        {
            (await IngestProcess.PublishAsync(client, truck, batch)).ShouldBe(MqttReasonCode.Success);
            return IngestProcess.Stored(data).Accepted.Count == before + 4;
        });
    }

    private static void ShouldBeTheSameFromSnapshotAndFromJournal(string data)
    {
        using var bench = new RecoveryBench();
        (bench.Options.Admission.Trucks, bench.Options.Admission.ProbationIdle) = (Places, TimeSpan.FromSeconds(1));
        Copy(new IngestPaths(data).Journal, bench.Paths.Journal);
        Copy(new IngestPaths(data).Snapshots, bench.Paths.Snapshots);
        var (fromSnapshot, _, records) = bench.RecoverAdmission();
        Directory.Delete(bench.Paths.Snapshots, recursive: true);
        var (fromJournal, _, all) = bench.RecoverAdmission();
        records.ShouldBeLessThan(all, "it went on from a snapshot");
        fromSnapshot.ShouldBe(fromJournal);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
