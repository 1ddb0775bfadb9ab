using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Ingest.Receive.Events;

namespace CleanStreets.Ingest.Tests.Receive;

public sealed class EventFuzzTests
{
    private const int Rounds = 20_000;

    /// <summary>Whoever says that he validates is heard without a key, so whatever he says.</summary>
    [Theory]
    [InlineData("\"data_base64\":\"aaaa\"")]
    [InlineData("\"data\":null")]
    [InlineData("\"data\":{\"validationCode\":7}")]
    [InlineData("\"data\":{\"validationCode\":\"\\ud800\"}")]
    public void Validation_without_a_code_is_refused(string data)
    {
        var body = Encoding.UTF8.GetBytes($"[{{\"id\":\"1\",\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\",{data}}}]");
        var read = EventBody.Read(body, EventForm.Grid, maxEvents: 10);
        (read.Status, read.ValidationCode, read.Document).ShouldBe((400, null, null));
        read.Problem!.ShouldContain("validationCode");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mangled_body_is_read_or_refused_and_never_throws(int seed)
    {
        var random = new Random(seed);
        var whole = Encoding.UTF8.GetBytes(new JsonArray(
            EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1)),
            EventBodies.GridTelemetry("truck-1", EventBodies.Readings("truck-1", 2), base64: true),
            EventBodies.Plain("trucks/truck-1", base64: [1, 2, 3])).ToJsonString());
        var taken = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var body = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                body[random.Next(body.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "{}[]\",:\\u0"[random.Next(10)]);
            }

            var read = EventBody.Read(body.AsMemory(0, random.Next(8) == 0 ? random.Next(body.Length) : body.Length), EventForm.Batch, maxEvents: 100);
            (read.Document is null).ShouldBe(read.Status is 400 or 413, $"seed {seed}, round {i}");
            foreach (var item in read.Events)
            {
                taken += item.Payload.Length > 0 ? 1 : 0;
                item.Device.ShouldNotBeNull();
            }

            read.Document?.Dispose();
        }

        taken.ShouldBeGreaterThan(Rounds / 10, "mangling that leaves nothing to read tests nothing");
    }
}
