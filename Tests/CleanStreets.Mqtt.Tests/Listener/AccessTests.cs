using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Mosquitto's acl_file and password_file, and what clients hear when they are refused.</summary>
public sealed class AccessTests
{
    private const string Rules = """
        # Everybody without a name
        topic read public/#

        user bob
        topic city/+/bins
        topic write in/#
        topic read $SYS/#
        topic deny city/secret/bins

        pattern write trucks/%c/readings
        pattern readwrite home/%u/#
        """;

    [Theory]
    [InlineData(null, "t1", "public/a", true, false)]
    [InlineData(null, "t1", "city/x/bins", false, false)]
    [InlineData(null, "t1", "trucks/t1/readings", false, true)]
    [InlineData(null, "t1", "trucks/t2/readings", false, false)]
    [InlineData(null, "t/1", "trucks/t/1/readings", false, false)]
    [InlineData(null, "t1", "home/bob/x", false, false)]
    [InlineData("bob", "t1", "public/a", false, false)]
    [InlineData("bob", "t1", "city/x/bins", true, true)]
    [InlineData("bob", "t1", "city/secret/bins", false, false)]
    [InlineData("bob", "t1", "in/a", false, true)]
    [InlineData("bob", "t1", "home/bob/x", true, true)]
    [InlineData("bob", "t1", "home/eve/x", false, false)]
    [InlineData("eve", "t1", "in/a", false, false)]
    public void Rules_of_an_acl_file_decide_reading_and_writing(string? user, string client, string topic, bool read, bool write)
    {
        var rights = AclFile.Parse(Rules.Split('\n')).For(client, user);
        var bytes = System.Text.Encoding.UTF8.GetBytes(topic);
        (rights.MayRead(bytes), rights.MayWrite(bytes)).ShouldBe((read, write));
    }

    [Theory]
    [InlineData("city/+/bins", true)]
    [InlineData("city/a/bins", true)]
    [InlineData("city/secret/bins", false)]
    [InlineData("city/#", false)]
    [InlineData("city/+/+", false)]
    [InlineData("#", false)]
    [InlineData("in/#", false)]
    [InlineData("home/bob", true)]
    [InlineData("home/bob/+/x/#", true)]
    [InlineData("home/+/x", false)]
    [InlineData("$SYS/a", true)]
    public void Filter_is_granted_when_one_rule_covers_all_of_it(string filter, bool granted) =>
        AclFile.Parse(Rules.Split('\n')).For("t1", "bob").MaySubscribe(System.Text.Encoding.UTF8.GetBytes(filter)).ShouldBe(granted);

    [Fact]
    public void Covering_agrees_with_matching_on_random_filters()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] levels = ["a", "b", "+", "$x", ""];
        string Any(int wild) => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => levels[random.Next(levels.Length)]
            .Replace("+", wild == 0 ? "a" : "+", StringComparison.Ordinal))) is var text && wild > 0 && random.Next(3) == 0 ? $"{text}/#" : text;
        for (var i = 0; i < 20_000; i++)
        {
            var (rule, filter, topic) = (Any(1), Any(1), Any(0));
            if (rule.Length == 0 || filter.Length == 0 || topic.Length == 0)
            {
                continue;
            }

            var covers = new AclRule(AclAccess.Read, Utf8(rule)).Covers(Utf8(filter));
            if (covers && Mqtt.Packets.MqttText.Matches(Utf8(filter), Utf8(topic)))
            {
                Mqtt.Packets.MqttText.Matches(Utf8(rule), Utf8(topic)).ShouldBeTrue($"rule {rule}, filter {filter}, topic {topic}, seed {seed}");
            }
        }

        static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
    }

    [Theory]
    [InlineData("bob:$7$101$jD+whDs93H6ewWlu$nUV5ihgcolcccozb166KXPJdgT0IS88jyc6RZRDVwddSp+4lKbuGyWgJ7UhnaKg5EuQu86saHXLM2s54FeMFyw==")]
    [InlineData("bob:$6$y2YGWDV5u/l0NsPG$g4YB0J3bmz1dMoghjWrQUPX/r8L7cW8mZxERUwWfP2ap54fI0ByudIo09yaF09LIfsgTiXcDZ4F0X73QvZQxRA==")]
    public void Hashes_that_mosquitto_passwd_wrote_know_their_password(string line)
    {
        var file = PasswordFile.Parse([line]);
        file.Knows("bob", "secret"u8).ShouldBeTrue();
        file.Knows("bob", "Secret"u8).ShouldBeFalse();
        file.Knows("eve", "secret"u8).ShouldBeFalse();
    }

    [Theory]
    [InlineData("topics a")]
    [InlineData("topic read a/#/b")]
    [InlineData("user")]
    [InlineData("pattern")]
    public void Line_that_is_no_rule_is_named(string line) =>
        Should.Throw<FormatException>(() => AclFile.Parse(["# one", line])).Message.ShouldStartWith("line 2");

    [Fact]
    public async Task Password_file_decides_who_connects()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder.Combine("passwords"), "bob:$6$y2YGWDV5u/l0NsPG$g4YB0J3bmz1dMoghjWrQUPX/r8L7cW8mZxERUwWfP2ap54fI0ByudIo09yaF09LIfsgTiXcDZ4F0X73QvZQxRA==\n");
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { PasswordFile = folder.Combine("passwords") });
        Answer(broker, "secret", 5)[3].ShouldBe((byte)0);
        Answer(broker, "wrong", 5)[3].ShouldBe((byte)0x86);
        Answer(broker, "wrong", 4)[3].ShouldBe((byte)4);
        using var nameless = broker.Raw();
        nameless.SendConnect("n");
        nameless.ReadPacket()[3].ShouldBe((byte)0x87);

        static byte[] Answer(Broker broker, string password, int version)
        {
            using var peer = broker.Raw();
            byte[] credentials = [0, 3, .. "bob"u8, 0, (byte)password.Length, .. System.Text.Encoding.UTF8.GetBytes(password)];
            peer.SendConnect("c", version, flags: 0xC2, will: credentials);
            return peer.ReadPacket();
        }
    }

    [Theory]
    [InlineData("a+b")]
    [InlineData("#")]
    [InlineData("a\u0007")]
    [InlineData("a\u0085b")]
    public async Task Client_identifier_with_wildcard_or_control_character_is_refused(string id)
    {
        await using var broker = await Broker.StartAsync();
        using var refused = broker.Raw();
        refused.SendConnect(id);
        refused.ReadPacket()[3].ShouldBe((byte)0x85, "[MQTT-3.1.3-8]");
        using var old = broker.Raw();
        old.SendConnect(id, version: 4);
        old.ReadHex().ShouldBe(id.Any(char.IsControl) ? "" : "20020002", "3.1.1 [MQTT-3.1.3-9]; a control character is malformed (its §1.5.3)");
    }

    [Fact]
    public async Task Refused_publish_and_subscribe_hear_it_and_the_hook_does_not()
    {
        using var folder = new TemporaryFolder();
        var hook = new RecordingHook("trucks/") { AcknowledgeEachTurn = true };
        await using var broker = await StartAsync(folder, Rules, hook);
        using var modern = RawPeer.ConnectAs(broker.Port, "t1");
        modern.Publish("trucks/t2/readings", "x", qos: 1, id: 1);
        modern.ReadHex().ShouldBe("4003000187");
        modern.Publish("trucks/t2/readings", "x", qos: 2, id: 2);
        modern.ReadHex().ShouldBe("5003000287");
        modern.Publish("trucks/t1/readings", "mine", qos: 1, id: 3);
        modern.ReadHex().ShouldBe("40020003");
        modern.SendHex("82 0E 0001 00 0001 23 00 0004 7075622F 00"); // "#" and "pub/".
        modern.ReadHex().ShouldBe("90050001008787");
        using var old = RawPeer.ConnectAs(broker.Port, "t3", version: 4);
        old.Publish("trucks/t2/readings", "x", qos: 1, id: 1, version: 4);
        old.ReadHex().ShouldBe("40020001", "3.1.1 has no code for it (its §3.3.5)");
        old.SendHex("82 06 0001 0001 23 00");
        old.ReadHex().ShouldBe("9003000180");
        hook.Taken.ShouldHaveSingleItem().Payload.ShouldBe("mine");
        broker.Listener.Counters.PublishesRefused.ShouldBe(3);
    }

    [Fact]
    public async Task Unauthorized_3_1_1_publisher_is_cut_when_the_option_says_so()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder, Rules, options: new MqttListenerOptions { CutUnauthorizedPublishers = true });
        using var old = RawPeer.ConnectAs(broker.Port, "t3", version: 4);
        old.Publish("x", "x", qos: 1, id: 1, version: 4);
        old.ReadPacket().ShouldBeEmpty();
    }

    [Fact]
    public async Task Last_will_without_the_right_refuses_the_connection()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder, Rules);
        using var peer = broker.Raw();
        peer.SendConnect("t1", flags: 6, will: [0, 0, 1, (byte)'w', 0, 1, (byte)'x']);
        peer.ReadPacket()[3].ShouldBe((byte)0x87);
    }

    [Fact]
    public async Task Reloading_changes_rights_and_drops_no_link()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder, "topic readwrite a\ntopic readwrite b");
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        peer.Subscribe("a", qos: 0, 5);
        peer.Subscribe("b", qos: 0, 5);
        File.WriteAllText(folder.Combine("acl"), "topic readwrite b\ntopic write a");
        broker.Listener.Reload();
        peer.Publish("a", "unheard", qos: 1, id: 1);
        peer.Publish("b", "heard", qos: 1, id: 2);
        string[] answers = [peer.ReadHex(), peer.ReadHex(), peer.ReadHex()];
        answers.ShouldBe(["4003000110", "40020002", "3009000162006865617264"], ignoreOrder: true);

        File.WriteAllText(folder.Combine("acl"), "nonsense");
        Should.Throw<MqttListenerException>(broker.Listener.Reload).Message.ShouldContain("line 1");
        peer.Publish("b", "heard", qos: 1, id: 3);
        string[] after = [peer.ReadHex(), peer.ReadHex()];
        after.ShouldBe(["40020003", "3009000162006865617264"], ignoreOrder: true);
    }

    [Fact]
    public async Task Denied_topic_inside_a_granted_filter_is_left_out()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder, "topic readwrite a/#\ntopic deny a/secret\nuser boss\ntopic readwrite #");
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        peer.Subscribe("a/#", qos: 0, 5);
        using var boss = broker.Raw();
        boss.SendConnect("boss", flags: 0x82, will: [0, 4, .. "boss"u8]);
        boss.ReadPacket()[3].ShouldBe((byte)0);
        boss.Publish("a/secret", "x", qos: 1, id: 1);
        boss.Publish("a/open", "y", qos: 1, id: 2);
        peer.ReadPublish(5).Payload.ShouldBe("y");
    }

    [Fact]
    public async Task Denied_topic_goes_to_a_member_of_the_shared_subscription_that_may_read_it()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder, "topic readwrite a/#\ntopic deny a/secret\nuser boss\ntopic readwrite #");
        using var first = RawPeer.ConnectAs(broker.Port, "first");
        first.Subscribe("$share/g/a/#", qos: 0, 5);
        using var boss = broker.Raw();
        boss.SendConnect("boss", flags: 0x82, will: [0, 4, .. "boss"u8]);
        boss.ReadPacket()[3].ShouldBe((byte)0);
        boss.Subscribe("$share/g/a/#", qos: 0, 5);
        string[] published = ["s1", "s2", "s3"];
        foreach (var text in published)
        {
            boss.Publish("a/secret", text, qos: 0);
        }

        boss.Publish("a/open", "for whoever's turn it is", qos: 0);
        published.ShouldBe([boss.ReadPublish(5).Payload, boss.ReadPublish(5).Payload, boss.ReadPublish(5).Payload]);
        first.ReadPublish(5).Payload.ShouldBe("for whoever's turn it is");
    }

    private static Task<Broker> StartAsync(TemporaryFolder folder, string rules, RecordingHook? hook = null, MqttListenerOptions? options = null)
    {
        File.WriteAllText(folder.Combine("acl"), rules);
        return Broker.StartAsync(hook, (options ?? new MqttListenerOptions()) with { AclFile = folder.Combine("acl") });
    }
}
