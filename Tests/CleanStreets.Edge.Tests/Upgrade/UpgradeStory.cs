using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Install;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A real agent on a box, and a real city: the scripts of <c>deploy/edge</c>, a broker, a web server, and somebody who does what systemd does.</summary>
/// <remarks>Its tests stand in several classes, so that they wait beside each other.</remarks>
public abstract class UpgradeStory : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private protected static readonly TimeSpan LongStart = TimeSpan.FromMinutes(3);

    private TestBroker _broker = null!;

    private protected ReleaseBench Bench { get; } = new();

    private protected MarkingCity City { get; private set; } = null!;

    private protected MqttClient Desk { get; private set; } = null!;

    private protected ReleaseServer Server { get; private set; } = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected UpgradeStatus? Said => City.Statuses.LastOrDefault(status => status.Upgrade is not null)?.Upgrade;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        City = await MarkingCity.StartAsync(_broker.Port);
        Desk = new MqttClient(new MqttClientOptions { Port = _broker.Port, ClientId = "desk" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await Desk.StartAsync(Token);
        await Desk.WaitConnectedAsync(Token);
        Directory.CreateDirectory(Bench.Out);
        Server = new ReleaseServer(Bench.Out);
        await File.WriteAllLinesAsync(Bench.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 3600), Token);
        Bench.Install(Bench.Program("0.1.0", ReleaseBench.Agent), "--key", Bench.PublicKey, "--truck", "truck-1", "--city", $"127.0.0.1:{_broker.Port}");
        await SettingsAsync(Bench.OnBox("etc/cleanstreets-edge/edge.json"), _broker.Port, Bench.OnBox("var/lib/cleanstreets-edge"));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Server.Dispose();
        await Desk.DisposeAsync();
        await City.DisposeAsync();
        await _broker.DisposeAsync();
        Bench.Dispose();
    }

    /// <summary>A release that fails three times is left, not tried again, and gives way to a mended one.</summary>
    private protected async Task GivesWayAsync(string broken, TimeSpan start)
    {
        await using var unit = new UnitRunner(Bench, release => release == "0.2.0" ? start : LongStart); // A good one may be slow.
        await UntilAsync(unit, "readings are stored", () => City.StoredCount > 0);
        var manifest = Bench.Program("0.2.0", broken);
        await OfferAsync("all", manifest);
        await UntilAsync(unit, "it is rolled back", () => Said is { Program: { Version: "0.1.0", State: UpgradeState.RolledBack, Detail: { } why } } && why.Contains("not healthy in 3 starts", StringComparison.Ordinal));
        Bench.Current.ShouldBe("0.1.0");
        unit.Story.ShouldContain("0.2.0 is on trial, start 3 of 3");
        var asked = Server.Asked.Count;
        var stored = City.StoredCount;
        await OfferAsync("all", manifest);
        await UntilAsync(unit, "readings go on", () => City.StoredCount > stored + 3);
        (Server.Asked.Count, Bench.Current).ShouldBe((asked, "0.1.0"), "it is not tried again");

        await OfferAsync("all", Bench.Program("0.2.1", ReleaseBench.Agent));
        await UntilAsync(unit, "a mended one is taken", () => Said is { Program: { Version: "0.2.1", State: UpgradeState.Confirmed } });
    }

    private protected async Task RefusedAsync(UnitRunner unit, string reason) =>
        await UntilAsync(unit, $"refused: {reason}", () => Said is { Program: { State: UpgradeState.Refused, Detail: { } why } } && why.Contains(reason, StringComparison.Ordinal));

    private protected Task UntilAsync(UnitRunner unit, string what, Func<bool> holds) =>
        WithStory(unit, Eventually.TrueAsync(what, holds, Patience));

    private async Task WithStory(UnitRunner unit, Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (TimeoutException ex)
        {
            throw new TimeoutException($"{ex.Message}{Environment.NewLine}status: {JsonSerializer.Serialize(City.Statuses.LastOrDefault(), ContractJson.Default.TruckStatus)}{Environment.NewLine}{unit.Story}", ex);
        }
    }

    private protected async Task SettingsAsync(string path, int port, string data) => await File.WriteAllTextAsync(
        path,
        $$"""
        {
          "truckId": "truck-1", "data": "{{data}}", "mqtt": { "host": "127.0.0.1", "port": {{port}} },
          "position": { "source": "replay", "path": "{{Bench.Combine("drive.nmea")}}" },
          "upgrade": { "ring": "all", "keys": "{{Bench.OnBox("etc/cleanstreets-edge/release-keys")}}", "install": "{{Bench.Home}}" }
        }
        """,
        Token);

    /// <summary>What <c>deploy/edge/release offer</c> would publish.</summary>
    private protected async Task OfferAsync(string ring, string manifest, string? notBefore = null, string kind = "program")
    {
        string[] time = notBefore is null ? [] : ["--not-before", notBefore];
        var offer = Bench.Make(["offer", "--print", "--manifest", manifest, "--url", Server.Url.ToString(), "--ring", ring, .. time]);
        await Desk.PublishAsync(Offer(ring, kind, Encoding.UTF8.GetBytes(offer)), Token);
    }

    private protected static MqttMessage Offer(string ring, string kind, byte[] offer) =>
        new() { Topic = Topics.Default.Release(ring, kind), Payload = offer, QualityOfService = QualityOfService.AtLeastOnce, Retain = true };

    private protected async Task ConfigureAsync(string json) => await Desk.PublishAsync(
        new MqttMessage { Topic = Topics.Default.Config(TruckId.Parse("truck-1")), Payload = Encoding.UTF8.GetBytes(json), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, Token);
}
