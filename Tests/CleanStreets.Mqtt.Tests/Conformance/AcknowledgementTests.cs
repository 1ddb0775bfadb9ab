using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP, byte by byte: who may say which when.</summary>
public sealed class AcknowledgementTests
{
    [Theory]
    [InlineData(5, "()", "E0(82)")]
    [InlineData(4, "", null)]
    public async Task Acknowledgement_of_another_step_ends_the_connection(int version, string none, string? word)
    {
        // Quality of the message, and what must not answer it: [MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT-4.3.3-5].
        foreach (var (qos, answer) in new[] { (1, "50(0001)"), (1, "70(0001)"), (2, "40(0001)"), (2, "70(0001)"), (2, "50(0001) 40(0001)") })
        {
            await Sequence.PlayAsync($"""
                a *{version}
                a > 82(0001 {none} s"t" 0{qos})
                a < 90(0001 {none} 0{qos})
                a > 30(s"u" {none})
                b *{version}
                b > 3{qos * 2:X}(s"t" 0009 {none} "x")
                a < 3{qos * 2:X}(s"t" 0001 {none} "x")
                a > {answer}
                {(answer.Length > 10 ? "a < 62(0001)" : "")}
                {(word is null ? "" : $"a < {word}")}
                a closed
                """);
        }
    }

    [Theory]
    [InlineData("40(0000)", "82")]
    [InlineData("40(00)", "81")]
    [InlineData("40(0001 01)", "82")]
    [InlineData("50(0001 92)", "82")]
    [InlineData("62(0001 10)", "82")]
    [InlineData("70(0001 80)", "82")]
    [InlineData("60(0001)", "81")]
    [InlineData("41(0001)", "81")]
    [InlineData("40(0001 00 (02 00000001))", "82")]
    [InlineData("40(0001 00 () 00)", "81")]
    public Task Acknowledgement_that_is_malformed_ends_the_connection(string said, string code) => Sequence.PlayAsync($"""
        // [MQTT-2.1.3-1] [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.1-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
        a *5
        a > {said}
        a < E0({code})
        a closed
        """);

    [Theory]
    [InlineData("60(0001)")]
    [InlineData("40(0000)")]
    [InlineData("40(0001 00)")]
    public Task Acknowledgement_of_3_1_1_that_is_malformed_ends_the_connection(string said) => Sequence.PlayAsync($"""
        // 3.1.1 [MQTT-2.2.2-1] [MQTT-2.2.2-2] [MQTT-3.6.1-1]
        a *4
        a > {said}
        a closed
        """);

    [Fact]
    public Task Reason_strings_and_user_properties_of_a_client_are_understood() => Sequence.PlayAsync("""
        a *5
        a > 82(0001 () s"t" 02)
        a < 90(0001 () 02)
        a > 34(s"t" 0005 () "x")
        a < 34(s"t" 0001 () "x")
        a < 50(0005)
        a > 50(0001 00 (1F s"why" 26 s"a" s"b"))
        a < 62(0001)
        a > 70(0001 00 (1F s"why"))
        a > 62(0005 00 (26 s"a" s"b"))
        a < 70(0005)
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Exactly_once_message_is_new_only_after_its_identifier_was_released(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-4.3.3-10] [MQTT-4.3.3-12]; PUBREL again is answered again [MQTT-4.3.3-11].
        w *{version}
        w > 82(0001 {none} s"t" 00)
        w < 90(0001 {none} 00)
        a *{version}
        a > 34(s"t" 0001 {none} "1")
        a < 50(0001)
        a > 3C(s"t" 0001 {none} "1")
        a < 50(0001)
        a > 62(0001) 62(0001)
        a < 70(0001)
        a < 70(0001)
        a > 34(s"t" 0001 {none} "2")
        a < 50(0001)
        w < 30(s"t" {none} "1")
        w < 30(s"t" {none} "2")
        w idle
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task At_least_once_message_is_new_after_its_acknowledgement_whatever_dup_says(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-4.3.2-5]
        a *{version}
        a > 82(0001 {none} s"t" 00)
        a < 90(0001 {none} 00)
        a > 32(s"t" 0001 {none} "1")
        a < 30(s"t" {none} "1")
        a < 40(0001)
        a > 3A(s"t" 0001 {none} "1")
        a < 30(s"t" {none} "1")
        a < 40(0001)
        """);

    [Fact]
    public Task Refusal_by_the_subscriber_ends_the_delivery() => Sequence.PlayAsync("""
        // [MQTT-4.4.0-2] [MQTT-4.3.3-4]: no PUBREL, nothing again, and the window of one is free.
        a ~5 210001
        a > 82(0001 () s"t" 02)
        a < 90(0001 () 02)
        b *5
        b > 34(s"t" 0001 () "1") 32(s"t" 0002 () "2") 32(s"t" 0003 () "3")
        a < 34(s"t" 0001 () "1")
        a idle
        a > 50(0001 97)
        a < 32(s"t" 0002 () "2")
        a > 40(0002 80)
        a < 32(s"t" 0003 () "3")
        a > 40(0003)
        a drop
        a ~5
        a idle
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Identifiers_of_the_listener_are_not_zero_and_not_in_use(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]; 3.1.1 [MQTT-2.3.1-4]
        a *{version}
        a > 82(0001 {none} s"t" 02)
        a < 90(0001 {none} 02)
        a > 32(s"t" 0001 {none} "1") 34(s"t" 0002 {none} "2") 32(s"t" 0003 {none} "3")
        a < 32(s"t" 0001 {none} "1")
        a < 34(s"t" 0002 {none} "2")
        a < 32(s"t" 0003 {none} "3")
        a < 40(0001)
        a < 50(0002)
        a < 40(0003)
        """);

    [Fact]
    public async Task Identifiers_wrap_round_past_those_in_use()
    {
        await using var broker = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(broker.Port, "a", version: 4);
        peer.Subscribe("t", qos: 1, 4);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        publisher.Publish("t", "", qos: 1, id: 1, version: 4);
        var kept = peer.ReadPublish(4).PacketId;
        var seen = new HashSet<ushort> { kept };
        for (var i = 0; i < ushort.MaxValue + 10; i++)
        {
            if (i % 500 == 0)
            {
                for (var j = 0; j < 500; j++)
                {
                    publisher.Publish("t", "", qos: 1, id: 1, version: 4);
                }
            }

            var heard = peer.ReadPublish(4).PacketId;
            heard.ShouldNotBe((ushort)0);
            heard.ShouldNotBe(kept, "[MQTT-2.2.1-4] the first was never acknowledged");
            seen.Add(heard);
            peer.Send(0x40, 2, (byte)(heard >> 8), (byte)heard);
        }

        seen.Count.ShouldBe(ushort.MaxValue, "every identifier is used");
    }

    [Fact]
    public Task Unknown_identifiers_are_answered_like_known_ones() => Sequence.PlayAsync("""
        // [MQTT-4.3.3-4] [MQTT-4.3.3-11]; a late PUBACK or PUBCOMP changes nothing.
        a *5
        a > 50(0009)
        a < 62(0009)
        a > 62(0009)
        a < 70(0009)
        a > 40(0009) 70(0009)
        a idle
        """);

    [Fact]
    public async Task Message_that_was_sent_comes_again_after_its_time()
    {
        // [MQTT-4.3.3-7] [MQTT-4.3.3-13]: expiry ends what waits, not what is on its way.
        await using var broker = await Broker.StartAsync();
        await Sequence.PlayAsync(broker, """
            a ~5
            a > 82(0001 () s"t" 02)
            a < 90(0001 () 02)
            b *5
            b > 34(s"t" 0001 (02 00000001) "x")
            a < 34(s"t" 0001 (02 00000001) "x")
            a drop
            b > 33(s"clock" 0002 (02 00000001) "x")
            """);
        using var observer = RawPeer.ConnectAs(broker.Port, "o");
        await CleanStreets.Testing.Eventually.TrueAsync("a second has passed for the listener", () =>
        {
            observer.Subscribe("clock", qos: 0, 5);
            observer.SendHex("C000");
            return observer.ReadHex() == "D000" || observer.ReadHex() != "D000";
        });
        await Sequence.PlayAsync(broker, """
            a ~5
            a < 3C(s"t" 0001 (02 00000000) "x")
            a > 50(0001)
            a < 62(0001)
            """);
    }
}
