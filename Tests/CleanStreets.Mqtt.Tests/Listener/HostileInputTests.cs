using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Tests.Packets;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Peers that mean harm, or are broken: cut after the stated times, bounded in memory, and nobody else notices.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _short = TimeSpan.FromMilliseconds(600);

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Mutated_packet_streams_harm_nobody_but_their_sender(MqttProtocolVersion version)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var samples = SamplePackets.FromClient(version);
        await using var broker = await Broker.StartAsync();
        using var honest = RawPeer.ConnectAs(broker.Port, "honest", version: 4);
        for (var round = 1; round <= 150; round++)
        {
            using var hostile = broker.Raw();
            hostile.Send(random.Next(4) == 0 ? Mutation.Of([SamplePackets.Connect(version, $"h{round}")], random) : SamplePackets.Connect(version, $"h{round}"));
            hostile.TrySend([.. Enumerable.Range(0, 8).SelectMany(_ => Mutation.Of(samples, random))]);
            honest.Publish("quiet", "x", qos: 1, id: round, version: 4);
            honest.ReadHex().ShouldBe($"4002{round:X4}", $"round {round}: another client is affected");
        }

        await Eventually.TrueAsync("every hostile connection is gone", () => broker.Listener.Counters.Connections == 1);
    }

    [Fact]
    public async Task Subscriber_that_never_reads_is_cut_and_the_publisher_goes_on()
    {
        var clock = new StandingClock(); // Only the deaf one may run out of time.
        await using var broker = await Broker.StartAsync(time: clock);
        using var deaf = RawPeer.ConnectAs(broker.Port, "deaf", version: 4, keepAlive: 60);
        deaf.Subscribe("a", qos: 0, 4);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        var payload = new string('x', 100_000);
        for (var id = 1; id <= 95; id++)
        {
            deaf.TrySend([0xC0, 0]); // Alive, as far as the keep-alive goes.
            publisher.Publish("a", payload, qos: 1, id: id, version: 4);
            publisher.ReadHex().ShouldBe($"4002{id:X4}");
        }

        // The answers to these bring its output to where it is not read any more.
        var pinging = Task.Run(() => deaf.TrySend([.. Enumerable.Repeat<byte[]>([0xC0, 0], 350_000).SelectMany(ping => ping)]));
        await Eventually.TrueAsync("the deaf one is gone", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return broker.Listener.Counters.Connections == 1;
        });
        await pinging;
        publisher.SendHex("C000");
        publisher.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Subscriber_that_pings_and_never_reads_is_cut_though_little_waits_for_it()
    {
        var clock = new StandingClock(); // Only the deaf one may run out of time.
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxOutgoingBytes = 100_000 }, time: clock);
        using var deaf = RawPeer.ConnectAs(broker.Port, "deaf", version: 4);
        deaf.Subscribe("a", qos: 0, 4);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        var payload = new string('x', 50_000);
        for (var id = 1; broker.Listener.Counters is { MessagesDropped: 0, Connections: 2 }; id = (id % 60_000) + 1)
        {
            publisher.Publish("a", payload, qos: 1, id: id, version: 4); // Until the kernel takes no more, and 100 KB wait here.
            publisher.ReadHex().ShouldBe($"4002{id:X4}");
        }

        await Eventually.TrueAsync("the deaf one is gone", () =>
        {
            deaf.TrySend([0xC0, 0]);
            publisher.Publish("a", payload, version: 4); // The kernel may find room once more; then nothing would be owed.
            clock.Advance(TimeSpan.FromSeconds(1));
            return broker.Listener.Counters.Connections == 1;
        });
    }

    [Theory]
    [InlineData(MqttTransport.Tcp)]
    [InlineData(MqttTransport.Tls)]
    public async Task Subscriber_that_pings_and_never_reads_is_cut_though_all_of_it_lies_in_the_kernel(MqttTransport transport)
    {
        using var files = new CertificateFolder();
        var options = files.Options;
        await using var broker = await Broker.StartEverywhereAsync(options with
        {
            PacketTimeout = _short,
            MaximumKeepAlive = TimeSpan.FromSeconds(1),
            Tls = options.Tls! with { AllowNoCertificate = true },
        });
        var port = broker.PortOf(transport);
        using var deaf = transport == MqttTransport.Tls ? RawPeer.ConnectTls(port, receiveBytes: 4096) : RawPeer.Connect(port, receiveBytes: 4096);
        deaf.SendConnect("deaf", version: 4);
        deaf.ReadHex().ShouldBe("20020000");
        deaf.Subscribe("a", qos: 0, 4);
        using var publisher = RawPeer.ConnectAs(broker.PortOf(MqttTransport.Tcp), "p", version: 4);
        for (var id = 1; id <= 20; id++)
        {
            publisher.Publish("a", new string('x', 3000), qos: 1, id: id, version: 4);
            publisher.ReadHex().ShouldBe($"4002{id:X4}");
        }

        await Eventually.TrueAsync("the deaf one is gone", () =>
        {
            deaf.TrySend([0xC0, 0]);
            return broker.Listener.Counters.Connections == 1;
        });
        broker.Listener.Counters.MessagesDropped.ShouldBe(0, "it was little");
    }

    [Fact]
    public async Task Connect_sent_byte_by_byte_is_cut_when_the_connect_time_is_over()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { ConnectTimeout = _short });
        using var slow = broker.Raw();
        foreach (var one in SamplePackets.Connect(MqttProtocolVersion.V311, "slow").AsSpan()[..^1].ToArray())
        {
            slow.TrySend([one]);
            await Task.Delay(40, TestContext.Current.CancellationToken); // Each byte is a sign of life; the time counts from the beginning all the same.
        }

        slow.ReadPacket().ShouldBeEmpty();
        broker.Listener.Counters.ConnectionsCut.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Half_a_publish_is_cut_when_the_packet_time_is_over(int keepAlive)
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { PacketTimeout = _short });
        using var waiting = RawPeer.ConnectAs(broker.Port, "waiting", keepAlive: keepAlive);
        using var half = RawPeer.ConnectAs(broker.Port, "half", keepAlive: keepAlive);
        half.SendHex("32 20 0001 61 0001 00");
        half.ReadHex().ShouldBe("E0018D");
        waiting.SendHex("C000");
        waiting.ReadHex().ShouldBe("D000", "a connection that has begun no packet stays");
    }

    [Fact]
    public async Task Connections_from_one_address_are_bounded_and_a_closed_one_makes_room()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxConnectionsPerAddress = 3 });
        var peers = Enumerable.Range(0, 3).Select(i => RawPeer.ConnectAs(broker.Port, $"p{i}")).ToList();
        using (var fourth = broker.Raw())
        {
            fourth.ReadPacket().ShouldBeEmpty("the fourth is closed at once");
        }

        peers[0].Dispose();
        await Eventually.TrueAsync("its place is free", () => broker.Listener.Counters.Connections == 2);
        RawPeer.ConnectAs(broker.Port, "again").Dispose();
        peers.ForEach(peer => peer.Dispose());
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Address_is_counted_by_host_or_by_the_network_of_a_host(string one, string other, bool isSame) =>
        (KeyOf(one) == KeyOf(other)).ShouldBe(isSame);

    [Fact]
    public async Task Flood_of_retained_messages_is_refused_at_the_bound_and_clearing_makes_room()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxStoredBytes = 100_000 });
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        var answers = Enumerable.Range(1, 12).Select(id => Retain(peer, $"t/{id}", new string('x', 10_000), id)).ToList();
        answers[..8].ShouldAllBe(answer => !answer.EndsWith("97", StringComparison.Ordinal));
        answers[8..].ShouldAllBe(answer => answer.EndsWith("97", StringComparison.Ordinal));
        Retain(peer, "t/1", "", 20);
        Retain(peer, "t/99", new string('x', 9_000), 21).ShouldNotEndWith("97");
    }

    [Theory]
    [InlineData(100_000, 1_000_000)]
    [InlineData(1_000_000_000, 8)]
    public async Task Flood_of_retained_messages_leaves_room_for_those_of_the_host(long bytes, int messages)
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxStoredBytes = bytes, MaxRetainedMessages = messages });
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        var answers = Enumerable.Range(1, 120).Select(id => Retain(peer, $"t/{id}", new string('x', 900), id)).ToList();
        answers[^1].ShouldEndWith("97");
        await broker.Listener.PublishAsync(new MqttMessage { Topic = "own", Payload = new byte[500], Retain = true }, TestContext.Current.CancellationToken);
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s");
        subscriber.Subscribe("own", qos: 0, version: 5);
        subscriber.ReadPublish(version: 5).Topic.ShouldBe("own");
    }

    [Fact]
    public async Task Flood_of_last_wills_is_refused_at_the_bound_and_those_that_go_make_room()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxStoredBytes = 10_000 });
        var peers = new List<RawPeer>();
        while (peers.Count < 1000)
        {
            var peer = broker.Raw();
            peers.Add(peer);
            peer.SendConnect($"w{peers.Count}", flags: 6, will: [0, 0, 1, (byte)'w', 0, 100, .. new byte[100]]);
            if (peer.ReadPacket()[3] == 0x97)
            {
                break;
            }
        }

        peers.Count.ShouldBeInRange(50, 110);
        peers[0].SendHex("E000");
        await Eventually.TrueAsync("the first is gone", () => broker.Listener.Counters.Connections <= peers.Count - 2);
        using var next = broker.Raw();
        next.SendConnect("next", flags: 6, will: [0, 0, 1, (byte)'w', 0, 100, .. new byte[100]]);
        next.ReadPacket()[3].ShouldBe((byte)0);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Flood_of_sessions_that_stay_away_keeps_no_more_than_the_bound_and_counts_what_it_drops()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxStoredBytes = 1_000_000 });
        for (var i = 0; i < 20; i++)
        {
            using var absent = RawPeer.ConnectAs(broker.Port, $"absent{i}", properties: "1100000E10");
            absent.Subscribe("a", qos: 1, version: 5);
            absent.SendHex("E000");
        }

        await Eventually.TrueAsync("all are away", () => broker.Listener.Counters.Connections == 0);
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        for (var id = 1; id <= 20; id++)
        {
            peer.Publish("a", new string('x', 10_000), qos: 1, id: id); // 20 sessions × 20 × 10 KB = 4 MB
            peer.ReadHex().ShouldStartWith("40");
        }

        broker.Listener.Counters.MessagesDropped.ShouldBeInRange(300, 350);
    }

    [Fact]
    public async Task Flood_of_subscriptions_is_refused_at_the_bound()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxSubscriptionsPerClient = 100 });
        using var many = RawPeer.ConnectAs(broker.Port, "many");
        for (var i = 0; i < 100; i++)
        {
            many.Subscribe($"f/{i}", qos: 0, version: 5);
        }

        SubscribeCode(many, "f/one-too-many").ShouldBe((byte)0x97);
        using var longOnes = RawPeer.ConnectAs(broker.Port, "long");
        var codes = Enumerable.Range(0, 30).Select(i => SubscribeCode(longOnes, $"{i}/{new string('x', 60_000)}")).ToList();
        codes.Count(code => code == 0).ShouldBe(17, "filters of one client take a megabyte at most");
    }

    private static UInt128 KeyOf(string address) =>
        PeersByAddress.KeyOf(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(address), 1));

    private static string Retain(RawPeer peer, string topic, string payload, int id)
    {
        peer.Publish(topic, payload, qos: 1, id: id, retain: true);
        return peer.ReadHex();
    }

    private static byte SubscribeCode(RawPeer peer, string filter)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Mqtt.Packets.SubscribePacket.Write(
            buffer, MqttProtocolVersion.V500, Mqtt.Packets.PacketType.Subscribe, 1, [(System.Text.Encoding.UTF8.GetBytes(filter), new Mqtt.Packets.SubscriptionOptions(0))]);
        peer.Send(buffer.WrittenSpan.ToArray());
        return peer.ReadPacket()[^1];
    }
}
