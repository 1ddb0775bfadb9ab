using System.Globalization;
using System.Net;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>The broker as a program of its own, with real subscribers that stop, and with crowds that come back.</summary>
public sealed class HostileProcessTests
{
    private const int SigStop = 19;
    private const string MosquittoSub = "/usr/bin/mosquitto_sub";

    [Fact]
    public async Task Stopped_mosquitto_sub_slows_nobody_and_costs_bounded_memory()
    {
        Assert.SkipUnless(File.Exists(MosquittoSub), $"{MosquittoSub} is not installed (apt-get install mosquitto-clients)");
        const int Messages = 2000;
        await using var broker = Start();
        var port = PortOf(await broker.ReadyAsync(Eventually.Patience));
        await using var careless = ProductProgram.StartProcess(MosquittoSub, ["-p", $"{port}", "-q", "0", "-t", "a", "-i", "careless"]);
        await using var careful = ProductProgram.StartProcess(MosquittoSub, ["-p", $"{port}", "-q", "1", "-t", "a", "-i", "careful"]);
        using var publisher = RawPeer.ConnectAs(port, "publisher", version: 4);
        await Eventually.TrueAsync("both hear", () =>
        {
            publisher.Publish("a", "begin", version: 4);
            return careless.Output.Contains("begin", StringComparison.Ordinal) && careful.Output.Contains("begin", StringComparison.Ordinal);
        });
        careless.Signal(SigStop);
        careful.Signal(SigStop);
        using var reader = RawPeer.ConnectAs(port, "reader", version: 4);
        reader.Subscribe("a", qos: 0, version: 4);
        var before = ResidentBytes(broker.Id);
        var payload = new string('x', 30_000);
        for (var id = 1; id <= Messages; id++)
        {
            publisher.Publish("a", payload, qos: 1, id: id, version: 4);
            publisher.ReadHex().ShouldBe($"4002{id:X4}");
            reader.ReadPublish(version: 4).Payload.Length.ShouldBe(payload.Length);
        }

        // 60 MB for each of the stopped ones; each may hold 4 MiB here, and the rest is what any program's memory moves by.
        (ResidentBytes(broker.Id) - before).ShouldBeLessThan(40 * 1024 * 1024);
        await broker.StopAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Two_thousand_clients_that_come_back_at_once_after_kill_9_find_their_sessions()
    {
        const int Clients = 2000;
        using var folder = new TemporaryFolder();
        int port;
        await using (var broker = Start("--data", folder.Path))
        {
            port = PortOf(await broker.ReadyAsync(Eventually.Patience));
            ConnectAll(port, Clients, sessionsWereThere: false);
            await broker.KillAsync();
        }

        await using var again = Start("--data", folder.Path);
        ConnectAll(PortOf(await again.ReadyAsync(Eventually.Patience)), Clients, sessionsWereThere: true);
        await again.StopAsync(Eventually.Patience);
    }

    /// <summary>All say CONNECT before the first answer is read; none may wait beyond the peer's own patience.</summary>
    private static void ConnectAll(int port, int count, bool sessionsWereThere)
    {
        var peers = new List<RawPeer>();
        for (var i = 0; i < count; i++)
        {
            peers.Add(RawPeer.Connect(port));
            peers[i].SendConnect($"truck-{i}", version: 4, flags: 0); // At once: the broker cuts whoever says nothing for ten seconds.
        }

        peers.ForEach(peer => peer.ReadHex().ShouldBe(sessionsWereThere ? "20020100" : "20020000"));
        peers.ForEach(peer => peer.Dispose());
    }

    private static ProductProgram Start(params string[] more) =>
        ProductProgram.Start("Ingest/CleanStreets.Ingest", ["broker", "--listen", "127.0.0.1:0", .. more]);

    private static int PortOf(string ready) => IPEndPoint.Parse(ProductProgram.ValueOf(ready, "mqtt")).Port;

    private static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
