using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Enroll;

/// <summary>A box and a city with a registry: real programs, real TLS.</summary>
/// <remarks>Its tests stand in several classes, so that they wait beside each other.</remarks>
public abstract class FleetStory : IDisposable
{
    private protected const string Folder = "Edge/CleanStreets.Edge";

    private protected TemporaryFolder Box { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Box.Dispose();
    }

    private protected async Task EnrolAsync(FleetCity city, int exit, string says, params string[] arguments)
    {
        string[] places = arguments.Contains("--data") ? [] : ["--data", Box.Combine("edge"), "--settings", Box.Combine("edge.json")];
        await using var verb = ProductProgram.Start(Folder, ["enroll", .. arguments, "--city", city.Door.ToString(), .. places]);
        (await verb.ExitAsync(Eventually.Patience)).ShouldBe(exit, verb.Output + city.Said);
        await Eventually.TrueAsync($"it says '{says}': {verb.Output}", () => verb.Output.Contains(says, StringComparison.Ordinal));
    }

    /// <summary>Puts a drive of now into the settings, beginning a little back so that none of it lies ahead.</summary>
    private protected async Task DriveAsync()
    {
        await File.WriteAllLinesAsync(Box.Combine("drive.nmea"), Nmea.Drive(TimeProvider.System.GetUtcNow(), 3600), Token);
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Box.Combine("edge.json"), Token))!;
        settings["position"] = new JsonObject { ["source"] = "replay", ["path"] = Box.Combine("drive.nmea") };
        await File.WriteAllTextAsync(Box.Combine("edge.json"), settings.ToJsonString(), Token);
    }

    private protected static async Task AcceptedAsync(FleetCity city, ProductProgram agent, int more)
    {
        var before = await city.ReadingsAsync("accepted");
        await Eventually.TrueAsync($"{more} more readings are accepted{agent.Output}", async () => await city.ReadingsAsync("accepted") >= before + more, TimeSpan.FromMinutes(10));
    }

    private protected Task<string> CertificateAsync() => File.ReadAllTextAsync(Box.Combine("edge", "identity", "box.pem"), Token);

    private protected MqttClient Client(FleetCity city, string data, string clientId) => new(
        new MqttClientOptions
        {
            Host = "localhost",
            Port = city.MqttPort,
            ClientId = clientId,
            Tls = new MqttClientTlsOptions
            {
                TrustedRoots = CertificateFiles.Roots(Box.Combine(data, "identity", "authority.pem")),
                ClientCertificate = CertificateFiles.Pem(Box.Combine(data, "identity", "box.pem")),
            },
        },
        TimeProvider.System,
        NullLogger<MqttClient>.Instance);

    private protected static async Task<MqttReasonCode> SendAsync(MqttClient client, string truck, string device, long sequence)
    {
        var reading = new Reading { CapturedAtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), LatitudeE7 = 378_000_000, LongitudeE7 = -1_222_700_000, Coverage = 1 };
        var encoded = new System.Buffers.ArrayBufferWriter<byte>();
        ReadingEncoder.WriteReading(encoded, ReadingFormat.Json, in reading, [], []);
        var batch = new System.Buffers.ArrayBufferWriter<byte>();
        var envelope = new BatchEnvelope
        {
            TruckId = TruckId.Parse(truck),
            SessionId = SessionId.Parse("by-hand"),
            FirstSequence = sequence,
            DeviceId = device,
            SentAtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        ReadingEncoder.WriteBatch(batch, ReadingFormat.Json, in envelope, [encoded.WrittenMemory.ToArray()]);
        return await client.PublishAsync(
            new MqttMessage { Topic = Topics.Default.Readings(TruckId.Parse(truck)), Payload = batch.WrittenMemory.ToArray(), QualityOfService = QualityOfService.AtLeastOnce }, Token);
    }
}
