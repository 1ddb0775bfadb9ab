using System.Buffers;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Publish;

/// <summary>A technician looks at what the city never stored.</summary>
public sealed class SetAsideVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readings_that_were_set_aside_are_opened_with_the_boxs_key_and_what_is_wrong_is_said()
    {
        var settings = _folder.Combine("edge.json");
        await File.WriteAllTextAsync(
            settings, $$"""{ "truckId": "truck-1", "data": "{{_folder.Combine("data")}}", "mqtt": { "host": "127.0.0.1" }, "position": { "source": "gpsd" } }""", TestContext.Current.CancellationToken);
        (await ShowAsync(settings, lines: 0)).Code.ShouldBe(0, "nothing was set aside");

        var options = new SpoolOptions { Folder = _folder.Combine("data", "spool") };
        await using (var spool = FleetSpool.Open(options, TimeProvider.System, NullLogger.Instance))
        {
            var session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"));
            foreach (var (sequence, encoded) in new[] { (1L, Good(ReadingFormat.Protobuf)), (2L, Good(ReadingFormat.Json)), (3L, [0xFF, 0xFF, 0xFF]) })
            {
                SetAside.TryKeep(_folder.Combine("data", "set-aside"), spool.Key, session, new SpooledReading(sequence, 1, ReadingFormat.Protobuf, encoded), NullLogger.Instance).ShouldBeTrue();
            }
        }

        var (code, shown) = await ShowAsync(settings, lines: 3);
        code.ShouldBe(0);
        var readings = shown.Where(line => line["reading"] is not null).ToList();
        readings.Select(line => (string?)line["format"]).Order().ShouldBe(["json", "protobuf"]);
        readings.ShouldAllBe(line => (double)line["reading"]!["latitude"]! == 37.8123456 && (string?)line["reading"]!["detections"]![0]!["kind"] == "pile");
        var poison = shown.Single(line => line["reading"] is null);
        ((string?)poison["problem"]).ShouldNotBeNullOrEmpty();
        Convert.FromBase64String((string)poison["base64"]!).ShouldBe([0xFF, 0xFF, 0xFF]);

        var file = Directory.EnumerateFiles(_folder.Combine("data", "set-aside")).First();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        (code, shown) = await ShowAsync(settings, lines: 3);
        code.ShouldBe(1);
        ((string?)shown.Single(line => (string?)line["file"] == Path.GetFileName(file))["problem"]).ShouldBe("damaged, or sealed with another key");
    }

    private static async Task<(int Code, List<JsonNode> Lines)> ShowAsync(string settings, int lines)
    {
        await using var verb = ProductProgram.Start("Edge/CleanStreets.Edge", "set-aside", "--settings", settings);
        var code = await verb.ExitAsync(Eventually.Patience);
        await Eventually.TrueAsync($"{lines} lines: {verb.Output}", () => verb.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == lines); // What it printed may come behind its end.
        return (code, [.. verb.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)]);
    }

    private static byte[] Good(ReadingFormat format)
    {
        var encoded = new ArrayBufferWriter<byte>();
        var reading = new Reading { CapturedAtMs = 1_800_000_000_000, LatitudeE7 = 378_123_456, LongitudeE7 = -1_223_012_345, Coverage = 1 };
        ReadingEncoder.WriteReading(encoded, format, in reading, [new Detection("pile", 1, 0.9f, Side.Right)], default);
        return encoded.WrittenSpan.ToArray();
    }
}
