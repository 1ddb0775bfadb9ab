using System.Security.Cryptography;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Slow password hashes hold up those who log in, and nobody else.</summary>
public sealed class PasswordCheckTests : IDisposable
{
    private static readonly MqttListenerOptions _patient = new() { ConnectTimeout = TimeSpan.FromMinutes(10) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Established_client_goes_on_while_many_log_in_with_a_slow_hash()
    {
        await using var broker = await StartAsync(iterations: 1_000_000); // Half a minute of arithmetic and more; what has not begun at the end never does.
        using var established = RawPeer.ConnectAs(broker.Port, "established");
        var before = broker.Listener.Counters.BytesReceived;
        var peers = Enumerable.Range(0, 200).Select(i => LogIn(broker, $"p{i:000}")).ToList();
        await Eventually.TrueAsync("every CONNECT has been read", () => broker.Listener.Counters.BytesReceived - before == peers.Count * ConnectOf("p000").Length);
        for (var id = 1; id <= 50; id++)
        {
            established.Publish("a", "x", qos: 1, id: id);
            established.ReadHex().ShouldStartWith($"4003{id:X4}");
        }

        peers.Count(peer => peer.Available > 0).ShouldBeLessThan(peers.Count, "the messages waited for the passwords");
        peers[0].ReadPacket()[3].ShouldBe((byte)0, "the first of them gets in");
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task What_follows_a_connect_waits_until_its_password_is_checked()
    {
        await using var broker = await StartAsync(iterations: 100_000);
        using var peer = broker.Raw();
        peer.Send([.. ConnectOf("p"), 0xC0, 0, 0xC0]);
        peer.Send(0, 0xC0, 0);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        peer.ReadHex().ShouldBe("D000");
        peer.ReadHex().ShouldBe("D000");
        peer.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Connect_is_refused_as_busy_when_as_many_passwords_wait_as_may()
    {
        await using var broker = await StartAsync(iterations: 400_000, new MqttListenerOptions { MaxPasswordChecks = 2, ConnectTimeout = _patient.ConnectTimeout });
        var peers = Enumerable.Range(0, 20).Select(i => LogIn(broker, $"p{i}", version: 4 + (i % 2))).ToList();
        var codes = peers.Select(peer => peer.ReadPacket()[3]).ToList();
        codes[..2].ShouldBe([0, 0]);
        codes[2..].ShouldAllBe(code => code == 0 || code == 3 || code == 0x89);
        codes.ShouldContain((byte)3, "server unavailable, in the words of 3.1.1");
        codes.ShouldContain((byte)0x89);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Password_that_is_not_checked_within_the_connect_time_is_refused_as_busy()
    {
        var clock = new StandingClock();
        await using var broker = await StartAsync(iterations: 1_000_000, time: clock);
        var peers = Enumerable.Range(0, 50).Select(i => LogIn(broker, $"p{i:00}")).ToList();
        await Eventually.TrueAsync("every CONNECT has been read", () => broker.Listener.Counters.BytesReceived == peers.Count * ConnectOf("p00").Length);
        clock.Advance(2 * _patient.ConnectTimeout);
        peers[^1].ReadPacket()[3].ShouldBe((byte)0x89);
        peers.ForEach(peer => peer.Dispose());
        await Eventually.TrueAsync("nobody is left", () => broker.Listener.Counters.Connections == 0);
    }

    [Fact]
    public async Task Later_connect_of_a_client_keeps_it_though_the_earlier_one_was_checked_longer()
    {
        // [MQTT-3.1.4-3]: until the earlier one is checked longer, which a machine may prevent by letting the later one wait.
        var iterations = 400_000;
        while (!await LaterOvertakesAsync(iterations))
        {
            iterations *= 2;
            iterations.ShouldBeLessThan(50_000_000, "a CONNECT without password always took longer than the hash");
        }
    }

    /// <summary>Two clients of one name, the later one without a password: whichever is admitted first, the later one keeps the name. Whether that was the later one.</summary>
    private async Task<bool> LaterOvertakesAsync(int iterations)
    {
        await using var broker = await StartAsync(iterations);
        using var earlier = LogIn(broker, "c");
        await Eventually.TrueAsync("the earlier CONNECT has been read", () => broker.Listener.Counters.BytesReceived == ConnectOf("c").Length);
        using var later = RawPeer.ConnectAs(broker.Port, "c");
        var isOvertaken = earlier.ReadPacket()[3] == 0x89;
        if (!isOvertaken)
        {
            earlier.ReadHex().ShouldBe("E0018E", "it was admitted in time, and its session is taken over");
        }

        earlier.ReadPacket().ShouldBeEmpty();
        later.SendHex("C000");
        later.ReadHex().ShouldBe("D000");
        return isOvertaken;
    }

    private async Task<Broker> StartAsync(int iterations, MqttListenerOptions? options = null, TimeProvider? time = null)
    {
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8];
        var hash = Rfc2898DeriveBytes.Pbkdf2("secret", salt, iterations, HashAlgorithmName.SHA512, 64);
        File.WriteAllText(_folder.Combine("passwords"), $"bob:$7${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}\n");
        return await Broker.StartAsync(options: (options ?? _patient) with { PasswordFile = _folder.Combine("passwords"), AllowAnonymous = true }, time: time);
    }

    private static RawPeer LogIn(Broker broker, string id, int version = 5)
    {
        var peer = broker.Raw();
        peer.Send(ConnectOf(id, version));
        return peer;
    }

    private static byte[] ConnectOf(string id, int version = 5)
    {
        byte[] body =
        [
            0, 4, .. "MQTT"u8, (byte)version, 0xC2, 0, 0, .. version == 5 ? [0] : Array.Empty<byte>(),
            0, (byte)id.Length, .. System.Text.Encoding.UTF8.GetBytes(id), 0, 3, .. "bob"u8, 0, 6, .. "secret"u8,
        ];
        return [0x10, (byte)body.Length, .. body];
    }
}
