using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Testing;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>MQTT carries everything, so anybody's tools can take part.</summary>
public sealed class AnybodysToolsTests
{
    [Fact]
    public async Task Batch_sent_by_mosquitto_pub_comes_back_as_a_score_to_mosquitto_sub()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_pub"), "needs mosquitto_pub and mosquitto_sub (apt: mosquitto-clients)");
        using var folder = new TemporaryFolder();
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", folder.Path, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:1");
        var ready = await ingest.ReadyAsync(Eventually.Patience);
        var mqtt = ProductProgram.ValueOf(ready, "mqtt").Split(':');
        using var readApi = new HttpClient { BaseAddress = new Uri(ProductProgram.ValueOf(ready, "read-api")) };
        var drive = Street.Drive(Street.Read(await readApi.GetStringAsync("/v1/streets")), streets: 4, metresASecond: 5);
        var batch = folder.Combine("batch.json");
        await File.WriteAllTextAsync(batch, BatchOf(drive));

        await using var hears = ProductProgram.StartProcess(
            "mosquitto_sub", ["-h", mqtt[0], "-p", mqtt[1], "-q", "1", "-t", "cleanstreets/v1/scores/+", "-C", "1", "-W", "600"]);
        await using var sends = ProductProgram.StartProcess(
            "mosquitto_pub", ["-h", mqtt[0], "-p", mqtt[1], "-q", "1", "-t", "cleanstreets/v1/readings/truck-1", "-f", batch]);
        (await sends.ExitAsync(Eventually.Patience)).ShouldBe(0, sends.Output);
        (await hears.ExitAsync(TimeSpan.FromMinutes(11))).ShouldBe(0, $"{hears.Output}{Environment.NewLine}{ingest.Output}");

        var score = JsonSerializer.Deserialize(hears.Output, ContractJson.Default.SegmentScore).ShouldNotBeNull();
        score.State.ShouldBe(ScoreState.Seen);
        score.Low!.Value.ShouldBeLessThanOrEqualTo(score.Index!.Value);
        score.High!.Value.ShouldBeGreaterThanOrEqualTo(score.Index.Value);
        score.SampleSize.ShouldBe(1);
        score.Views!["lasan-2016-q3"].Grade.ShouldBeInRange(1, 3);
    }

    private static string BatchOf(IReadOnlyList<(double Longitude, double Latitude)> drive)
    {
        var start = DateTimeOffset.UtcNow.AddMinutes(-10);
        return JsonSerializer.Serialize(new
        {
            truckId = "truck-1",
            sessionId = "s-1",
            firstSequence = 1,
            cameraId = "curb-right",
            readings = drive.Select((point, second) => new
            {
                capturedAt = start.AddSeconds(second).ToString("O", CultureInfo.InvariantCulture),
                latitude = point.Latitude,
                longitude = point.Longitude,
                accuracyMetres = 4.0,
                detections = new[] { new { kind = "loose_litter", count = 2, confidence = 0.9, side = "right" } },
            }),
        });
    }
}
