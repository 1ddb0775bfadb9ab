using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Dashboard.Evidence;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Dashboard.Tests.Evidence;

/// <summary>Pictures from trucks over a real broker, to the disk, to the answer and to the people who judge finds.</summary>
public sealed class EvidenceTests : DashboardTest
{
    private static readonly TruckId Truck = TruckId.Parse("truck-9");
    private readonly ConcurrentQueue<EvidenceAnswer> _answers = new();

    [Fact]
    public async Task Picture_is_on_disk_before_it_is_answered_and_stands_beside_its_find_for_staff()
    {
        City.EvidenceId = "e-1";
        await using var truck = await TruckAsync();
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        (await FindAsync(dispatcher)).TryGetProperty("picture", out _).ShouldBeFalse("none has come");

        for (var time = 0; time < 2; time++)
        {
            await SendAsync(truck, "truck-9", "e-1", Message("truck-9", "e-1"));
            _answers.Last().Stored.ShouldBe(["e-1"]);
            Directory.GetFiles(Folder.Combine("evidence"), "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        }

        var address = (await FindAsync(dispatcher)).GetProperty("picture").GetString().ShouldNotBeNull();
        using var answer = await dispatcher.GetAsync(address, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/jpeg");
        (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(Jpeg);
        using var none = await dispatcher.GetAsync("/api/evidence/truck-9/e-2", TestContext.Current.CancellationToken);
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_with_its_reason_and_kept_nowhere()
    {
        await using var truck = await TruckAsync();
        (string Id, byte[] Message, EvidenceFault Fault)[] wrong =
        [
            ("e-1", "not a picture"u8.ToArray(), EvidenceFault.NoHeader),
            ("e-2", "{\"truckId\":5}\nxyz"u8.ToArray(), EvidenceFault.BadHeader),
            ("e-3", Message("truck-8", "e-3"), EvidenceFault.AnotherTopic),
            ("e-4", Message("truck-9", "e-5"), EvidenceFault.AnotherTopic),
            ("e-5", [.. Message("truck-9", "e-5").TakeWhile(b => b != '\n'), (byte)'\n', .. "<html>"u8], EvidenceFault.NoJpeg),
            ("e-6", [.. Message("truck-9", "e-6"), .. new byte[EvidenceMessage.MaxBytes]], EvidenceFault.TooLarge),
        ];
        foreach (var (id, message, fault) in wrong)
        {
            await SendAsync(truck, "truck-9", id, message);
            await Eventually.TrueAsync($"{id} is answered", () => _answers.Any(answer => answer.Refused?[0].EvidenceId == id));
            _answers.Last().Refused!.ShouldBe([new RefusedEvidence(id, fault.Text())]);
        }

        Directory.GetFiles(Folder.Combine("evidence"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        Enum.GetValues<EvidenceFault>().Select(fault => fault.Text()).Distinct().Count().ShouldBe(Enum.GetValues<EvidenceFault>().Length);
    }

    [Fact]
    public void Pictures_are_bounded_by_bytes_and_by_age_the_oldest_go_and_a_restart_counts_them()
    {
        using var folder = new TemporaryFolder();
        var message = Message("truck-9", "e-1");
        var options = Dashboard.Services.GetRequiredService<DashboardOptions>() with { DataFolder = folder.Path, EvidenceBytes = (message.Length * 3) + 10, EvidenceDays = 7 };
        var clock = new MovedClock();
        var archive = new EvidenceArchive(options, clock);
        string[] trucks = ["truck-1", "..9", "truck-2", "9."];
        foreach (var truck in trucks)
        {
            archive.Keep(TruckId.Parse(truck), "e-1", message);
        }

        archive.Count.ShouldBe(3);
        archive.Has(TruckId.Parse("truck-1"), "e-1").ShouldBeFalse("the oldest went");
        archive.Read(TruckId.Parse("..9"), "e-1").ShouldNotBeNull().ToArray().ShouldBe(Jpeg);
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldAllBe(file => file.StartsWith(folder.Combine("evidence") + "/", StringComparison.Ordinal));

        var again = new EvidenceArchive(options, clock);
        (again.Count, again.Bytes).ShouldBe((3, message.Length * 3));
        clock.Ahead = TimeSpan.FromDays(6.9);
        again.Sweep();
        again.Count.ShouldBe(3);
        clock.Ahead = TimeSpan.FromDays(7.1);
        again.Sweep();
        (again.Count, again.Bytes).ShouldBe((0, 0));
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private static byte[] Jpeg => [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9];

    private static byte[] Message(string truck, string id) => EvidenceMessage.Write(
        new EvidenceHeader
        {
            TruckId = TruckId.Parse(truck),
            EvidenceId = id,
            SessionId = SessionId.Parse("s-1"),
            Sequence = 7,
            CapturedAt = DateTimeOffset.UnixEpoch,
            Kind = "pile",
            Box = new EvidenceBox(1, 2, 3, 4),
            Mask = EvidenceMask.Of(0),
        },
        Jpeg);

    private static async Task<JsonElement> FindAsync(HttpClient browser) => (await browser.GetJsonAsync("/api/confirmations")).GetProperty("confirmations")[0];

    private async Task<MqttClient> TruckAsync()
    {
        var truck = new MqttClient(new MqttClientOptions { Port = City.Mqtt.Port, ClientId = "truck-9" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await truck.SubscribeAsync(
            Topics.Default.EvidenceAcks(Truck),
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                _answers.Enqueue(JsonSerializer.Deserialize(Encoding.UTF8.GetString(message.Payload.Span), ContractJson.Default.EvidenceAnswer)!);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        await truck.StartAsync(TestContext.Current.CancellationToken);
        await truck.WaitConnectedAsync(TestContext.Current.CancellationToken);
        return truck;
    }

    // The dashboard may not have subscribed yet: a truck sends until it is answered.
    private async Task SendAsync(MqttClient truck, string truckId, string id, byte[] message)
    {
        var before = _answers.Count;
        await Eventually.TrueAsync("the dashboard answers", async () =>
        {
            await truck.PublishAsync(
                new MqttMessage { Topic = Topics.Default.Evidence(TruckId.Parse(truckId), id), Payload = message, QualityOfService = QualityOfService.AtLeastOnce },
                TestContext.Current.CancellationToken);
            return _answers.Count > before;
        });
    }

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
