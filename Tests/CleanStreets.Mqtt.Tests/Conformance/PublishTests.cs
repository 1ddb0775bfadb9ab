using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>PUBLISH towards the listener and out of it, byte by byte.</summary>
public sealed class PublishTests
{
    [Theory]
    [InlineData("38(s\"t\" () \"x\")", "81", "[MQTT-3.3.1-2]")]
    [InlineData("36(s\"t\" 0001 () \"x\")", "81", "[MQTT-3.3.1-4]")]
    [InlineData("30(s\"t/#\" () \"x\")", "81", "[MQTT-3.3.2-2] [MQTT-4.7.0-1]")]
    [InlineData("30(0002 C328 () \"x\")", "81", "[MQTT-3.3.2-1] [MQTT-1.5.4-1]")]
    [InlineData("30(0003 610062 () \"x\")", "81", "[MQTT-1.5.4-2] [MQTT-4.7.3-2]")]
    [InlineData("30(s\"\" () \"x\")", "81", "[MQTT-4.7.3-1]")]
    [InlineData("32(s\"t\" 0000 () \"x\")", "82", "[MQTT-2.2.1-3]")]
    [InlineData("30(s\"t\" (0B 01) \"x\")", "82", "[MQTT-3.3.4-6]")]
    [InlineData("30(s\"t\" (08 s\"r/+\") \"x\")", "82", "[MQTT-3.3.2-14]")]
    [InlineData("30(s\"t\" (08 0002 C328) \"x\")", "81", "[MQTT-3.3.2-13]")]
    [InlineData("30(s\"t\" (03 0002 C328) \"x\")", "81", "[MQTT-3.3.2-19]")]
    [InlineData("30(s\"t\" (23 0000) \"x\")", "94", "[MQTT-3.3.2-8]")]
    [InlineData("30(s\"t\" (23 0021) \"x\")", "94", "[MQTT-3.2.2-17] [MQTT-3.3.2-9]")]
    [InlineData("30(s\"\" (23 0001) \"x\")", "82", "an alias that was never set")]
    [InlineData("30(s\"t\" (01 00 01 00) \"x\")", "82", "a property twice")]
    [InlineData("30(s\"t\" (8001 00) \"x\")", "81", "an unknown property")]
    [InlineData("30(s\"t\" (18 00000001) \"x\")", "82", "a property of another packet")]
    public Task Publish_that_breaks_a_rule_ends_the_connection(string said, string code, string because)
    {
        TestContext.Current.SendDiagnosticMessage(because + " [MQTT-4.13.1-1] [MQTT-4.13.2-1]");
        return Sequence.PlayAsync($"""
            a *5
            a > {said}
            a < E0({code})
            a closed
            """);
    }

    [Theory]
    [InlineData("38(s\"t\" \"x\")", "[MQTT-3.3.1-2]")]
    [InlineData("36(s\"t\" 0001 \"x\")", "[MQTT-3.3.1-4]")]
    [InlineData("30(s\"t/+\" \"x\")", "[MQTT-3.3.2-2] [MQTT-4.7.1-1]")]
    [InlineData("30(0002 C328 \"x\")", "[MQTT-3.3.2-1] [MQTT-1.5.3-1]")]
    [InlineData("30(0002 6100 \"x\")", "[MQTT-1.5.3-2] [MQTT-4.7.3-2]")]
    [InlineData("30(s\"\" \"x\")", "[MQTT-4.7.3-1]")]
    [InlineData("32(s\"t\" 0000 \"x\")", "[MQTT-2.3.1-1]")]
    [InlineData("30 8000", "a length in more bytes than it needs")]
    public Task Publish_of_3_1_1_that_breaks_a_rule_ends_the_connection(string said, string because)
    {
        TestContext.Current.SendDiagnosticMessage($"3.1.1 {because} [MQTT-4.8.0-1]");
        return Sequence.PlayAsync($"""
            a *4
            a > {said}
            a closed
            """);
    }

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Each_quality_of_service_gets_its_answer_with_its_identifier(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.3.4-1] [MQTT-2.2.1-2] [MQTT-2.2.1-5] [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-4.3.3-11]
        w *{version}
        w > 82(0001 {none} s"t" 00)
        w < 90(0001 {none} 00)
        a *{version}
        a > 30(s"t" {none} "0")
        w < 30(s"t" {none} "0")
        a > 32(s"t" 1234 {none} "1")
        a < 40(1234)
        w < 30(s"t" {none} "1")
        a > 34(s"t" FFFF {none} "2")
        a < 50(FFFF)
        a > 62(FFFF)
        a < 70(FFFF)
        w < 30(s"t" {none} "2")
        a idle
        """);

    [Fact]
    public Task Nobody_subscribes_is_said_to_quality_1_only() => Sequence.PlayAsync("""
        // [MQTT-3.4.2-1] [MQTT-3.5.2-1]: 0x10 of 5.0; no Reason String and no User Property is ever added [MQTT-3.1.2-29] [MQTT-3.4.2-2] [MQTT-3.4.2-3].
        a *5 17 00
        a > 32(s"t" 0001 () "x")
        a < 40(0001 10)
        a > 34(s"t" 0002 () "x")
        a < 50(0002)
        b *4
        b > 32(s"t" 0001 "x")
        b < 40(0001)
        """);

    [Fact]
    public Task Server_topics_cannot_be_published_and_the_identifier_is_free_again() => Sequence.PlayAsync("""
        // 0x90 in 5.0; 3.1.1 has no word for it. [MQTT-4.3.3-9]: after a refusal the same identifier is a new message.
        w *5
        w > 82(0001 () s"t" 00)
        w < 90(0001 () 00)
        a *5
        a > 34(s"$t" 0001 () "x")
        a < 50(0001 90)
        a > 34(s"t" 0001 () "y")
        a < 50(0001)
        w < 30(s"t" () "y")
        b *4
        b > 32(s"$t" 0001 "x")
        b < 40(0001)
        b idle
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Retained_message_is_the_newest_and_outlives_its_publisher(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.3.1-5] [MQTT-3.3.1-8]; 3.1.1 [MQTT-3.1.2-7] [MQTT-3.3.1-5] [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT-3.3.1-8] [MQTT-3.3.1-12]
        a *{version}
        a > 33(s"t" 0001 {none} "old")
        a < 40 ?? 0001 ..
        a > 31(s"t" {none} "new")
        a > 30(s"t" {none} "passing")
        a > E000
        a closed
        b *{version}
        b > 82(0001 {none} s"t" 02)
        b < 90(0001 {none} 02)
        b < 31(s"t" {none} "new")
        b idle
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Empty_retained_message_is_sent_on_and_clears(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.3.1-6] [MQTT-3.3.1-7]; 3.1.1 [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
        a *{version}
        a > 31(s"t" {none} "x")
        a > 82(0001 {none} s"t" 00)
        a < 90(0001 {none} 00)
        a < 31(s"t" {none} "x")
        a > 31(s"t" {none})
        a < 30(s"t" {none})
        a > 82(0002 {none} s"t" 00)
        a < 90(0002 {none} 00)
        a idle
        """);

    [Fact]
    public Task Retain_handling_decides_when_retained_messages_are_sent() => Sequence.PlayAsync("""
        a *5
        a > 33(s"t" 0001 () "x")
        a < 40(0001 10)
        // 0: always [MQTT-3.3.1-9] [MQTT-3.8.4-4]
        b *5
        b > 82(0001 () s"t" 00) 82(0002 () s"t" 00)
        b < 90(0001 () 00)
        b < 31(s"t" () "x")
        b < 90(0002 () 00)
        b < 31(s"t" () "x")
        // 1: only to a new subscription [MQTT-3.3.1-10]
        c *5
        c > 82(0001 () s"t" 10) 82(0002 () s"t" 10)
        c < 90(0001 () 00)
        c < 31(s"t" () "x")
        c < 90(0002 () 00)
        c idle
        // 2: never [MQTT-3.3.1-11]
        d *5
        d > 82(0001 () s"t" 20)
        d < 90(0001 () 00)
        d idle
        """);

    [Fact]
    public Task Retain_as_published_keeps_the_flag_and_otherwise_it_is_cleared() => Sequence.PlayAsync("""
        // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
        a *5
        a > 82(0001 () s"t" 08)
        a < 90(0001 () 00)
        b *5
        b > 82(0001 () s"t" 00)
        b < 90(0001 () 00)
        a > 31(s"t" () "1") 30(s"t" () "2")
        a < 31(s"t" () "1")
        a < 30(s"t" () "2")
        b < 30(s"t" () "1")
        b < 30(s"t" () "2")
        """);

    [Fact]
    public Task Properties_of_the_application_arrive_unaltered_and_in_order() => Sequence.PlayAsync("""
        // [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20] [MQTT-1.5.4-3]: also a byte order mark.
        w *5
        w > 82(0001 () s"t" 00)
        w < 90(0001 () 00)
        a *5
        a > 30(s"t" (26 s"b" s"" 01 01 03 0004 EFBBBF74 26 s"a" s"1" 08 s"r/t" 09 0002 FF00 26 s"b" s"2") "x")
        w < 30(s"t" (26 s"b" s"" 01 01 03 0004 EFBBBF74 26 s"a" s"1" 08 s"r/t" 09 0002 FF00 26 s"b" s"2") "x")
        a > 31(s"u" (26 s"b" s"1" 26 s"a" s"2") "x")
        a > 82(0002 () s"u" 00)
        a < 90(0002 () 00)
        a < 31(s"u" (26 s"b" s"1" 26 s"a" s"2") "x")
        """);

    [Fact]
    public Task Dup_of_a_publisher_is_not_passed_on() => Sequence.PlayAsync("""
        // [MQTT-3.3.1-3] [MQTT-4.3.1-1] [MQTT-4.3.2-2] [MQTT-4.3.3-2]
        w *5
        w > 82(0001 () s"t" 02)
        w < 90(0001 () 02)
        a *5
        a > 3A(s"t" 0007 () "1") 3C(s"t" 0008 () "2")
        a < 40(0007)
        a < 50(0008)
        w < 32(s"t" 0001 () "1")
        w < 34(s"t" 0002 () "2")
        """);

    [Fact]
    public Task Time_a_message_has_left_is_passed_on() => Sequence.PlayAsync("""
        // [MQTT-3.3.2-6]; one that expires at once is delivered at once or not at all [MQTT-3.3.2-5].
        w *5
        w > 82(0001 () s"t" 01)
        w < 90(0001 () 01)
        b ~5
        b > 82(0001 () s"t" 01)
        b < 90(0001 () 01)
        b drop
        a *5
        a > 30(s"t" (02 00001000) "x")
        w < 30(s"t" (02 00001000) "x")
        a > 33(s"t" 0001 (02 00000000) "now")
        a < 40(0001)
        w < 32(s"t" 0001 (02 00000000) "now")
        b ~5
        b idle
        b > 82(0001 () s"t" 01)
        b < 90(0001 () 01)
        b idle
        """);

    [Fact]
    public Task Topic_alias_stands_for_a_topic_on_its_connection_only() => Sequence.PlayAsync("""
        // [MQTT-3.3.2-7] [MQTT-3.3.2-12]: every alias up to the maximum, and it may be set anew.
        w *5
        w > 82(0001 () s"#" 00)
        w < 90(0001 () 00)
        a *5
        a > 30(s"t" (23 0020) "1") 30(s"" (23 0020) "2") 30(s"u" (23 0020) "3") 30(s"" (23 0020) "4")
        w < 30(s"t" () "1")
        w < 30(s"t" () "2")
        w < 30(s"u" () "3")
        w < 30(s"u" () "4")
        a drop
        a *5
        a > 30(s"" (23 0020) "5")
        a < E0(82)
        a closed
        w idle
        """);

    [Fact]
    public Task Subscriber_hears_aliases_up_to_its_maximum_and_none_without() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-26] [MQTT-3.1.2-27] [MQTT-3.3.2-11]
        a *5 22 0001
        a > 82(0001 () s"#" 00)
        a < 90(0001 () 00)
        b *5
        b > 82(0001 () s"#" 00)
        b < 90(0001 () 00)
        b > 30(s"t" () "1") 30(s"t" () "2") 30(s"u" () "3")
        a < 30(s"t" (23 0001) "1")
        a < 30(s"" (23 0001) "2")
        a < 30(s"u" () "3")
        b < 30(s"t" () "1")
        b < 30(s"t" () "2")
        b < 30(s"u" () "3")
        // Its aliases end with the connection.
        a drop
        a *5 22 0001
        a > 82(0001 () s"#" 00)
        a < 90(0001 () 00)
        b > 30(s"t" () "4")
        a < 30(s"t" (23 0001) "4")
        """);

    [Fact]
    public Task Message_larger_than_the_subscriber_accepts_counts_as_delivered() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-24] [MQTT-3.1.2-25]: 30 bytes go through, 31 do not, and the window stays free. An alias that would make it too long is left out.
        a *5 27 0000001E 21 0001 22 0001
        a > 82(0001 () s"t" 01)
        a < 90(0001 () 01)
        b *5
        b > 32(s"t" 0001 () "12345678901234567890123")
        b < 40(0001)
        b > 32(s"t" 0002 () "1234567890123456789012")
        b < 40(0002)
        a < 32(s"t" 0002 () "1234567890123456789012")
        a > 40(0002)
        b > 32(s"t" 0003 () "x")
        a < 32(s"t" 0003 (23 0001) "x")
        """);

    [Fact]
    public Task More_publishes_in_flight_than_receive_maximum_end_the_connection() => Sequence.PlayAsync("""
        // [MQTT-3.3.4-7]: two of quality 2 wait for their PUBREL; other packets are still answered.
        a *5
        a > 34(s"t" 0001 () "x") 34(s"t" 0002 () "x")
        a < 50(0001)
        a < 50(0002)
        a idle
        a > 62(0001)
        a < 70(0001)
        a > 34(s"t" 0003 () "x") 34(s"t" 0004 () "x")
        a < E0(93)
        a closed
        """, new MqttListenerOptions { ReceiveMaximum = 2 });

    [Fact]
    public Task Packet_above_the_maximum_of_the_listener_is_refused_at_its_announcement() => Sequence.PlayAsync("""
        // [MQTT-3.2.2-15]
        a *5
        a > 30 FF01
        a < E0(95)
        a closed
        b *4
        b > 30 FF01
        b closed
        """, new MqttListenerOptions { MaximumPacketSize = 256 });

    [Fact]
    public async Task Messages_keep_the_order_in_which_they_were_published()
    {
        // [MQTT-4.6.0-5] [MQTT-4.6.0-6]: through a window of three, so that most of them wait.
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s", properties: "210003");
        subscriber.Subscribe("t", qos: 1, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        for (var i = 0; i < 300; i++)
        {
            publisher.Publish("t", $"{i}", qos: 1, id: i + 1);
        }

        for (var i = 0; i < 300; i++)
        {
            var heard = subscriber.ReadPublish(5);
            heard.Payload.ShouldBe($"{i}");
            subscriber.SendHex($"4002{heard.PacketId:X4}");
        }
    }

    [Fact]
    public Task Longest_topic_is_carried() => Sequence.PlayAsync($"""
        // [MQTT-4.7.3-3]
        a *4
        a > 82(0001 s"{new string('x', 65535)}" 00)
        a < 90(0001 00)
        a > 30(s"{new string('x', 65535)}" "p")
        a < 30(s"{new string('x', 65535)}" "p")
        """);
}
