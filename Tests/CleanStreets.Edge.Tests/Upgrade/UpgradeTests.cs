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

/// <summary>Upgrades of a real agent by a real city: the scripts of <c>deploy/edge</c>, a broker, a web server, and somebody who does what systemd does.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongStart = TimeSpan.FromMinutes(3);

    private readonly ReleaseBench _bench = new();
    private TestBroker _broker = null!;
    private MarkingCity _city = null!;
    private MqttClient _desk = null!;
    private ReleaseServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private UpgradeStatus? Said => _city.Statuses.LastOrDefault(status => status.Upgrade is not null)?.Upgrade;

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _city = await MarkingCity.StartAsync(_broker.Port);
        _desk = new MqttClient(new MqttClientOptions { Port = _broker.Port, ClientId = "desk" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await _desk.StartAsync(Token);
        await _desk.WaitConnectedAsync(Token);
        Directory.CreateDirectory(_bench.Out);
        _server = new ReleaseServer(_bench.Out);
        await File.WriteAllLinesAsync(_bench.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 3600), Token);
        _bench.Install(_bench.Program("0.1.0", ReleaseBench.Agent), "--key", _bench.PublicKey, "--truck", "truck-1", "--city", $"127.0.0.1:{_broker.Port}");
        await SettingsAsync(_bench.OnBox("etc/cleanstreets-edge/edge.json"), _broker.Port, _bench.OnBox("var/lib/cleanstreets-edge"));
    }

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _desk.DisposeAsync();
        await _city.DisposeAsync();
        await _broker.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task Good_release_is_fetched_started_found_healthy_and_loses_no_reading()
    {
        await using var unit = new UnitRunner(_bench, LongStart);
        await Until(unit, "readings are stored", () => _city.StoredCount > 2);
        await OfferAsync("all", _bench.Program("0.2.0", ReleaseBench.Agent));
        await Until(unit, "the new release is confirmed", () => Said is { Program: { Version: "0.2.0", State: UpgradeState.Confirmed, Offered: "0.2.0" } });
        _bench.Current.ShouldBe("0.2.0");
        unit.Codes.ToArray().ShouldBe([75], unit.Story);
        unit.Story.ShouldContain("release 0.2.0 is healthy and stays");
        var stored = _city.StoredCount;
        await Until(unit, "readings go on", () => _city.StoredCount > stored + 2);
        foreach (var session in _city.Batches.Select(batch => batch.Session).Distinct())
        {
            var sequences = _city.Stored("truck-1", session);
            sequences.ShouldBe(Enumerable.Range(1, sequences.Count).Select(i => (long)i), $"session {session} has no hole");
        }
    }

    [Theory]
    [InlineData("crashes")]
    [InlineData("is never healthy")]
    public async Task Release_that_fails_gives_way_to_the_one_before(string how)
    {
        string broken;
        if (how == "crashes")
        {
            broken = _bench.Shell("broken", "echo nothing works; exit 134");
        }
        else
        {
            // The real agent, which takes readings but has no way to the city.
            broken = _bench.Combine("programs", "deaf");
            Directory.CreateDirectory(Path.GetDirectoryName(broken)!);
            ReleaseBench.Run("/bin/cp", "-a", ReleaseBench.Agent, broken).Code.ShouldBe(0);
            File.Move(Path.Combine(broken, "CleanStreets.Edge"), Path.Combine(broken, "real"));
            await SettingsAsync(_bench.Combine("deaf.json"), FreePort.Next(), _bench.Combine("deaf"));
            var body = $"exec \"$(dirname \"$(readlink -f \"$0\")\")/real\" run --settings {_bench.Combine("deaf.json")}";
            File.Copy(Path.Combine(_bench.Shell("deaf-script", body), "CleanStreets.Edge"), Path.Combine(broken, "CleanStreets.Edge"));
        }

        await using var unit = new UnitRunner(_bench, how == "crashes" ? LongStart : TimeSpan.FromSeconds(20));
        await Until(unit, "readings are stored", () => _city.StoredCount > 0);
        var manifest = _bench.Program("0.2.0", broken);
        await OfferAsync("all", manifest);
        await Until(unit, "it is rolled back", () => Said is { Program: { Version: "0.1.0", State: UpgradeState.RolledBack, Detail: { } why } } && why.Contains("not healthy in 3 starts", StringComparison.Ordinal));
        _bench.Current.ShouldBe("0.1.0");
        unit.Story.ShouldContain("0.2.0 is on trial, start 3 of 3");
        var asked = _server.Asked.Count;
        var stored = _city.StoredCount;
        await OfferAsync("all", manifest);
        await Until(unit, "readings go on", () => _city.StoredCount > stored + 3);
        (_server.Asked.Count, _bench.Current).ShouldBe((asked, "0.1.0"), "it is not tried again");

        await OfferAsync("all", _bench.Program("0.2.1", ReleaseBench.Agent));
        await Until(unit, "a mended one is taken", () => Said is { Program: { Version: "0.2.1", State: UpgradeState.Confirmed } });
    }

    [Fact]
    public async Task What_is_not_signed_damaged_or_older_is_refused_and_nothing_restarts()
    {
        await using var unit = new UnitRunner(_bench, LongStart);
        await OfferAsync("all", _bench.Program("0.2.0", ReleaseBench.Agent, _bench.StrangeKey()));
        await Refused(unit, "no key in");
        _server.Asked.ShouldBeEmpty("nothing is fetched for what nobody signed");
        await OfferAsync("all", _bench.Program("0.0.9", ReleaseBench.Agent));
        await Refused(unit, "0.0.9 is older than 0.1.0, and not signed to replace it");
        var manifest = _bench.Program("0.2.0", ReleaseBench.Agent);
        var archive = manifest.Replace(".manifest", $"-{ReleaseBench.Architecture}.tar.gz", StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(archive, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(archive, bytes, Token);
        await OfferAsync("all", manifest);
        await Refused(unit, "the archive is not the one that was signed");
        await _desk.PublishAsync(Offer("all", "program", "nonsense"u8.ToArray()), Token);
        await Refused(unit, "the offer is not understood");
        unit.Codes.ShouldBeEmpty(unit.Story);
        (_bench.Current, Said!.Program.Version).ShouldBe(("0.1.0", "0.1.0"));
    }

    [Fact]
    public async Task Ring_time_and_broken_links_decide_when_it_comes()
    {
        await using var unit = new UnitRunner(_bench, LongStart);
        var manifest = _bench.Program("0.2.0", ReleaseBench.Agent);
        _server.CutAfter = new FileInfo(manifest.Replace(".manifest", $"-{ReleaseBench.Architecture}.tar.gz", StringComparison.Ordinal)).Length / 2;
        await OfferAsync("canary", manifest);
        await Until(unit, "it follows its own ring", () => Said is { Ring: "all", Program.State: UpgradeState.Current });
        _server.Asked.ShouldBeEmpty();
        await ConfigureAsync("""{"version":"r1","ring":"can ary"}""");
        await Until(unit, "a ring that cannot be is refused", () => _city.Statuses.Last().Settings?.Refused is { } why && why.Contains("ring 'can ary'", StringComparison.Ordinal));
        await OfferAsync("canary", manifest, "2049-01-01");
        await ConfigureAsync("""{"version":"r2","ring":"canary"}""");
        await Until(unit, "it waits for its time", () => Said is { Ring: "canary", Program: { State: UpgradeState.Waiting, Offered: "0.2.0", Detail: "not before 2049-01-01T00:00:00Z" } });
        _server.Asked.ShouldBeEmpty();
        await OfferAsync("canary", manifest, "2020-01-01");
        await Until(unit, "the link breaks", () => Said is { Program: { State: UpgradeState.Downloading, Detail: { } why } } && why.Contains("again in", StringComparison.Ordinal));
        await unit.CutAsync(); // The power goes; the next start remembers ring and bytes, and asks for the rest.
        _server.CutAfter = 0;
        await Until(unit, "it is confirmed", () => Said is { Ring: "canary", Program: { Version: "0.2.0", State: UpgradeState.Confirmed } });
        _server.Asked.Count.ShouldBe(2);
        _server.Asked.Last().ShouldBeGreaterThan(0, "the rest was asked for by range");
    }

    [Fact]
    public async Task Power_cuts_during_fetch_and_trial_do_not_stop_an_upgrade()
    {
        await using var unit = new UnitRunner(_bench, LongStart);
        await Until(unit, "readings are stored", () => _city.StoredCount > 0);
        _server.BytesASecond = 200_000;
        await OfferAsync("all", _bench.Program("0.2.0", ReleaseBench.Agent));
        var part = _bench.OnBox("var/lib/cleanstreets-edge/upgrade/program/archive.part");
        for (var cut = 1; cut <= 2; cut++)
        {
            var bytes = cut * 100_000;
            await Until(unit, $"{bytes} bytes are here", () => File.Exists(part) && new FileInfo(part).Length > bytes);
            await unit.CutAsync();
        }

        _server.BytesASecond = 0;
        await Until(unit, "it is on trial", () => File.Exists(Path.Combine(_bench.Home, "trial")));
        await unit.CutAsync();
        await Until(unit, "it is confirmed", () => Said is { Program: { Version: "0.2.0", State: UpgradeState.Confirmed } });
    }

    private async Task Refused(UnitRunner unit, string reason) =>
        await Until(unit, $"refused: {reason}", () => Said is { Program: { State: UpgradeState.Refused, Detail: { } why } } && why.Contains(reason, StringComparison.Ordinal));

    private Task Until(UnitRunner unit, string what, Func<bool> holds) =>
        WithStory(unit, Eventually.TrueAsync(what, holds, Patience));

    private async Task WithStory(UnitRunner unit, Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (TimeoutException ex)
        {
            throw new TimeoutException($"{ex.Message}{Environment.NewLine}status: {JsonSerializer.Serialize(_city.Statuses.LastOrDefault(), ContractJson.Default.TruckStatus)}{Environment.NewLine}{unit.Story}", ex);
        }
    }

    private async Task SettingsAsync(string path, int port, string data) => await File.WriteAllTextAsync(
        path,
        $$"""
        {
          "truckId": "truck-1", "data": "{{data}}", "mqtt": { "host": "127.0.0.1", "port": {{port}} },
          "position": { "source": "replay", "path": "{{_bench.Combine("drive.nmea")}}" },
          "upgrade": { "ring": "all", "keys": "{{_bench.OnBox("etc/cleanstreets-edge/release-keys")}}", "install": "{{_bench.Home}}" }
        }
        """,
        Token);

    /// <summary>What <c>deploy/edge/release offer</c> would publish.</summary>
    private async Task OfferAsync(string ring, string manifest, string? notBefore = null)
    {
        string[] time = notBefore is null ? [] : ["--not-before", notBefore];
        var offer = _bench.Make(["offer", "--print", "--manifest", manifest, "--url", _server.Url.ToString(), "--ring", ring, .. time]);
        await _desk.PublishAsync(Offer(ring, "program", Encoding.UTF8.GetBytes(offer)), Token);
    }

    private static MqttMessage Offer(string ring, string kind, byte[] offer) =>
        new() { Topic = Topics.Default.Release(ring, kind), Payload = offer, QualityOfService = QualityOfService.AtLeastOnce, Retain = true };

    private async Task ConfigureAsync(string json) => await _desk.PublishAsync(
        new MqttMessage { Topic = Topics.Default.Config(TruckId.Parse("truck-1")), Payload = Encoding.UTF8.GetBytes(json), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, Token);
}
