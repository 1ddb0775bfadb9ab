using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Shared subscriptions, subscription identifiers and topic aliases, on the wire.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public async Task Members_of_a_shared_subscription_take_turns_and_others_hear_everything()
    {
        await using var broker = await Broker.StartAsync();
        using var one = RawPeer.ConnectAs(broker.Port, "1");
        using var two = RawPeer.ConnectAs(broker.Port, "2");
        using var other = RawPeer.ConnectAs(broker.Port, "3");
        one.Subscribe("$share/g/a/+", qos: 1, 5);
        two.Subscribe("$share/g/a/+", qos: 1, 5);
        other.Subscribe("a/#", qos: 0, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        for (var id = 1; id <= 4; id++)
        {
            publisher.Publish("a/b", $"{id}", qos: 1, id: id);
            other.ReadPublish(5).Payload.ShouldBe($"{id}");
        }

        string[] heard = [one.ReadPublish(5).Payload, one.ReadPublish(5).Payload, two.ReadPublish(5).Payload, two.ReadPublish(5).Payload];
        heard.ShouldBe(["1", "3", "2", "4"], "each message once, in turns");
        one.SendHex("C000");
        one.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Shared_subscription_prefers_a_member_that_is_there_and_gets_no_retained_messages()
    {
        await using var broker = await Broker.StartAsync();
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.Publish("a", "kept", qos: 1, id: 1, retain: true);
        publisher.ReadPacket();
        using (var away = SessionTests.Lasting(broker, "away", 5, present: false))
        {
            away.Subscribe("$share/g/a", qos: 1, 5);
            away.SendHex("C000");
            away.ReadHex().ShouldBe("D000", "no retained messages (§4.8.2)");
        }

        using var here = RawPeer.ConnectAs(broker.Port, "here");
        here.Subscribe("$share/g/a", qos: 1, 5);
        publisher.Publish("a", "1", qos: 1, id: 2);
        publisher.Publish("a", "2", qos: 1, id: 3);
        here.ReadPublish(5).Payload.ShouldBe("1");
        here.ReadPublish(5).Payload.ShouldBe("2");
        here.SendHex("A2 0F 0002 00 000A 2473686172652F672F61");
        here.ReadHex().ShouldBe("B004000200" + "00");
        publisher.Publish("a", "3", qos: 1, id: 4);
        publisher.ReadPacket();
        publisher.ReadPacket();
        publisher.ReadPacket();
        using var back = SessionTests.Lasting(broker, "away", 5, present: true);
        back.ReadPublish(5).Payload.ShouldBe("3", "nobody else was left");
    }

    [Fact]
    public async Task Client_that_subscribes_over_and_over_without_reading_is_refused_before_it_grows_the_listener()
    {
        const int Retained = 500, Asked = 2000;
        await using var broker = await Broker.StartAsync();
        for (var i = 0; i < Retained; i++)
        {
            broker.Listener.TryPublish(new MqttMessage { Topic = $"kept/{i}", Payload = new byte[200], Retain = true }).ShouldBeTrue();
        }

        using var greedy = RawPeer.ConnectAs(broker.Port, "greedy");
        greedy.SendHex(string.Concat(Enumerable.Repeat("82 07 0001 00 0001 23 00", Asked)));

        var (granted, refused, heard) = (0, 0, 0);
        while (granted + refused < Asked)
        {
            var packet = greedy.ReadPacket();
            heard += packet[0] >> 4 == 3 ? 1 : 0;
            granted += packet[0] == 0x90 && packet[^1] == 0 ? 1 : 0;
            refused += packet[0] == 0x90 && packet[^1] == 0x97 ? 1 : 0;
        }

        granted.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0, $"{heard} retained messages for {Asked} times asking");
    }

    [Fact]
    public async Task Overlapping_subscriptions_deliver_once_at_the_highest_quality_with_all_identifiers()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s");
        subscriber.SendHex("82 09 0001 02 0B07 0001 61 00");
        subscriber.ReadPacket();
        subscriber.SendHex("82 0A 0002 03 0B8102 0001 23 01");
        subscriber.ReadPacket();
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.Publish("a", "x", qos: 2, id: 1);
        var packet = subscriber.ReadHex();
        packet.ShouldStartWith("320C" + "000161" + "0001" + "05", customMessage: "QoS 1 [MQTT-3.3.4-2]");
        packet.ShouldContain("0B07", customMessage: "[MQTT-3.3.4-4]");
        packet.ShouldContain("0B8102");
        subscriber.SendHex("C000");
        subscriber.ReadHex().ShouldBe("D000", "once");
    }

    [Fact]
    public async Task Retained_message_carries_the_identifier_of_the_subscription_that_asked()
    {
        await using var broker = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(broker.Port, "s");
        peer.Publish("a", "x", qos: 1, id: 1, retain: true);
        peer.ReadPacket();
        peer.SendHex("82 09 0001 02 0B07 0001 61 00");
        peer.ReadPacket();
        peer.ReadHex().ShouldBe("3107000161" + "020B07" + "78");
    }

    [Fact]
    public async Task Topic_alias_of_a_publisher_stands_for_its_topic_and_is_not_passed_on()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s");
        subscriber.Subscribe("#", qos: 0, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.SendHex("30 08 0001 61 03 230001 31");
        publisher.SendHex("30 07 0000 03 230001 32");
        publisher.SendHex("30 08 0001 62 03 230001 33"); // The alias gets another topic.
        publisher.SendHex("30 07 0000 03 230001 34");
        string[] heard = [subscriber.ReadHex(), subscriber.ReadHex(), subscriber.ReadHex(), subscriber.ReadHex()];
        heard.ShouldBe(["30050001610031", "30050001610032", "30050001620033", "30050001620034"]);
    }

    [Fact]
    public async Task Subscriber_that_accepts_aliases_hears_a_topic_in_full_once_only()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s", properties: "220001");
        subscriber.Subscribe("#", qos: 0, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.Publish("a", "1");
        publisher.Publish("a", "2");
        publisher.Publish("b", "3");
        string[] heard = [subscriber.ReadHex(), subscriber.ReadHex(), subscriber.ReadHex()];
        heard.ShouldBe(["3008000161" + "0323000131", "30070000" + "0323000132", "300500016200" + "33"], "[MQTT-3.1.2-26] [MQTT-3.1.2-27]: one alias only");
    }

    [Fact]
    public async Task User_properties_and_request_response_pass_in_order()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s");
        subscriber.Subscribe("a", qos: 0, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        const string Properties = "26000162000132" + "26000161000131" + "26000162000131" + "08000172" + "0900020102";
        publisher.SendHex($"30 {3 + 1 + (Properties.Length / 2) + 1:X2} 000161 {Properties.Length / 2:X2} {Properties} 78");
        subscriber.ReadHex().ShouldContain(Properties, customMessage: "[MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18]");
    }
}
