using System.Text;
using CleanStreets.Contracts.Readings;
using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class BadInputTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";

    private readonly IngestBench _bench = new();

    private static readonly (string Topic, string Payload, string? ContentType, QuarantineReason Reason)[] Bad =
    [
        (Topic, "", null, QuarantineReason.Empty),
        (Topic, "{\"truckId\":", null, QuarantineReason.MalformedJson),
        (Topic, "not protobuf at all", null, QuarantineReason.MalformedProtobuf),
        (Topic, Batch("{}"), "application/x-protobuf", QuarantineReason.ContentTypeMismatch),
        (Topic, "{\"sessionId\":\"s\",\"firstSequence\":1,\"readings\":[{}]}", null, QuarantineReason.TruckIdInvalid),
        ("cleanstreets/v1/readings/truck-2", Batch(Good), null, QuarantineReason.TruckIdNotTopic),
        ("cleanstreets/v1/readings/a/b", Batch(Good), null, QuarantineReason.TruckIdInvalid),
        (Topic, Batch(Good).Replace("\"b\"", "\"b b\"", StringComparison.Ordinal), null, QuarantineReason.SessionIdInvalid),
        (Topic, Batch(Good).Replace("\"firstSequence\":1", "\"firstSequence\":0", StringComparison.Ordinal), null, QuarantineReason.FirstSequenceInvalid),
        (Topic, "{\"truckId\":\"truck-1\",\"sessionId\":\"b\",\"firstSequence\":1,\"readings\":[]}", null, QuarantineReason.ReadingsMissing),
        (Topic, Batch("7"), null, QuarantineReason.ReadingMalformed),
        (Topic, Batch("{\"latitude\":1,\"longitude\":1}", 2), null, QuarantineReason.CapturedAtMissing),
        (Topic, Batch("{\"capturedAt\":\"yesterday\",\"latitude\":1,\"longitude\":1}", 3), null, QuarantineReason.CapturedAtInvalid),
        (Topic, Batch("{\"capturedAt\":\"2126-01-01T00:00:00Z\",\"latitude\":1,\"longitude\":1}", 4), null, QuarantineReason.CapturedAtInFuture),
        (Topic, Batch(Good, 8).Replace("\"sessionId\"", "\"sentAt\":\"9999-12-31T23:59:59Z\",\"sessionId\"", StringComparison.Ordinal), null, QuarantineReason.CapturedAtInvalid),
        (Topic, Batch("{\"capturedAt\":\"2026-01-01T00:00:00Z\",\"latitude\":1}", 5), null, QuarantineReason.PositionMissing),
        (Topic, Batch("{\"capturedAt\":\"2026-01-01T00:00:00Z\",\"latitude\":91,\"longitude\":1}", 6), null, QuarantineReason.PositionOutOfRange),
        (Topic, Batch("{\"capturedAt\":\"2026-01-01T00:00:00Z\",\"latitude\":\"1\",\"longitude\":1}", 7), null, QuarantineReason.WrongType),
        ("cleanstreets/v1/facts/s-1", "{\"factId\":\"f\"}", null, QuarantineReason.MalformedFact),
        (Topic, new string('x', ReadingLimits.MaxPayloadBytes + 1), null, QuarantineReason.Oversized),
    ];

    private const string Good = "{\"capturedAt\":\"2026-01-01T00:00:00Z\",\"latitude\":1,\"longitude\":1}";

    [Fact]
    public async Task Each_bad_input_is_acknowledged_with_its_reason_and_harms_nobody()
    {
        await _bench.StartAsync();
        var client = await _bench.ConnectAsync("truck-1");
        var sequence = 1000;
        foreach (var (topic, payload, contentType, reason) in Bad)
        {
            var before = _bench.Pipeline.Fates.QuarantinedByReason().GetValueOrDefault(reason.Tag());
            (await IngestBench.PublishAsync(client, topic, Encoding.UTF8.GetBytes(payload), contentType)).ShouldBe(MqttReasonCode.Success, reason.ToString());
            _bench.Pipeline.Fates.QuarantinedByReason().GetValueOrDefault(reason.Tag()).ShouldBe(before + 1, reason.ToString());
            (await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(Batch(Good, sequence++)))).ShouldBe(MqttReasonCode.Success);
        }

        var status = await _bench.StatusAsync();
        status.Accepted.ShouldBe(Bad.Length);
        status.Quarantined.ShouldBe(Bad.Length);
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
        var report = _bench.Pipeline.Quarantine.Report(limit: 100);
        report.Newest.Count.ShouldBe(Bad.Length);
        report.Newest[0].PayloadPreview.ShouldStartWith("xxx");

        await _bench.RestartAsync();
        _bench.Pipeline.Quarantine.Report(limit: 100).Counts.ShouldBe(report.Counts, "counts are rebuilt from the journal");
        _bench.Census().Accepted.ShouldBe(Bad.Length);
    }

    [Fact]
    public async Task One_bad_reading_does_not_condemn_its_batch()
    {
        await _bench.StartAsync();
        var client = await _bench.ConnectAsync("truck-1");
        await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(Batch($"{Good},{{\"latitude\":91}},{Good}")));
        var status = await _bench.StatusAsync();
        (status.Accepted, status.Quarantined, status.Received).ShouldBe((2, 1, 3));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static string Batch(string readings, int first = 1) =>
        $"{{\"truckId\":\"truck-1\",\"sessionId\":\"b\",\"firstSequence\":{first},\"readings\":[{readings}]}}";
}
