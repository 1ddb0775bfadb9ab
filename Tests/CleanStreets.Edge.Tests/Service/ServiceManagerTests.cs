using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Service;

/// <summary>What the agent says to systemd, on the socket that systemd would give it.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_says_when_it_is_ready_that_it_lives_and_when_it_stops(bool isAbstract)
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        var name = isAbstract ? $"@cleanstreets-test-{Guid.NewGuid():N}" : _folder.Combine("notify");
        using var manager = new NotifySocket(name);
        await using var agent = await StartAsync(broker.Port, name, TimeSpan.FromSeconds(1));
        await agent.ReadyAsync(Eventually.Patience);
        await Eventually.TrueAsync("READY=1 was said", () => manager.Said("READY=1") == 1);
        await Eventually.TrueAsync("WATCHDOG=1 is said again and again", () => manager.Said("WATCHDOG=1") >= 6);
        manager.Said("STOPPING=1").ShouldBe(0);
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        await Eventually.TrueAsync("STOPPING=1 was said", () => manager.Said("STOPPING=1") == 1);
    }

    [Fact]
    public async Task Agent_without_a_link_is_alive()
    {
        using var manager = new NotifySocket(_folder.Combine("notify"));

        // A look every ten seconds: no disk holds up the spool, and no machine the link, over two of them.
        await using var agent = await StartAsync(FreePort.Next(), _folder.Combine("notify"), TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync($"it lives although nobody answers{Environment.NewLine}{agent.Output}", () => manager.Said("WATCHDOG=1") >= 3);
        agent.Output.ShouldNotContain("The link has not moved");
    }

    [Fact]
    public async Task Watchdog_is_not_told_that_all_is_well_while_the_disk_hangs()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "needs strace (apt: strace)");
        await using var broker = await TestBroker.StartAsync();
        using var manager = new NotifySocket(_folder.Combine("notify"));
        await using var agent = await StartAsync(broker.Port, _folder.Combine("notify"), TimeSpan.FromSeconds(6));
        await agent.ReadyAsync(Eventually.Patience);
        await Eventually.TrueAsync("it lives", () => manager.Said("WATCHDOG=1") >= 2);

        // From now on a fsync takes ten minutes.
        await using var disk = ProductProgram.StartProcess(
            "strace", ["-f", "-p", agent.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=600000000"]);
        await Eventually.TrueAsync($"the agent notices{Environment.NewLine}{agent.Output}", () => agent.Output.Contains("The spool has not moved", StringComparison.Ordinal), TimeSpan.FromMinutes(10));
        await Eventually.TrueAsync(
            "a whole interval passes without a word, so systemd acts",
            async () =>
            {
                var said = manager.Said("WATCHDOG=1");
                await Task.Delay(TimeSpan.FromSeconds(8), Token);
                return manager.Said("WATCHDOG=1") == said;
            },
            TimeSpan.FromMinutes(10));
    }

    private async Task<ProductProgram> StartAsync(int port, string socket, TimeSpan watchdog)
    {
        await File.WriteAllLinesAsync(_folder.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 3600), Token);
        await File.WriteAllTextAsync(
            _folder.Combine("edge.json"),
            $$"""
            {
              "truckId": "truck-1", "data": "{{_folder.Combine("data")}}", "mqtt": { "host": "127.0.0.1", "port": {{port}} },
              "position": { "source": "replay", "path": "{{_folder.Combine("drive.nmea")}}" }
            }
            """,
            Token);
        return ProductProgram.StartProcess(
            "env",
            [
                $"NOTIFY_SOCKET={socket}", $"WATCHDOG_USEC={(long)watchdog.TotalMicroseconds}",
                "dotnet", ProductProgram.AssemblyPath("Edge/CleanStreets.Edge"), "run", "--settings", _folder.Combine("edge.json"),
            ]);
    }
}

/// <summary>The socket on which systemd listens to a program it started.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> _said = [];

    public NotifySocket(string address)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        _ = Task.Run(HearAsync);
    }

    public int Said(string state) => _said.Count(said => said == state);

    public void Dispose() => _socket.Dispose();

    private async Task HearAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer);
                foreach (var line in Encoding.ASCII.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    _said.Enqueue(line);
                }
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
