using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>CONNECT and CONNACK, byte by byte. Statement numbers are of 5.0; those of 3.1.1 stand in CONFORMANCE.md.</summary>
public sealed class ConnectTests
{
    [Fact]
    public Task First_packet_is_connect_and_there_is_no_second() => Sequence.PlayAsync("""
        a > C000
        a closed
        a *5
        a > 10(s"MQTT" 05 02 0000 () s"a")
        a < E0(82)
        a closed
        b *4
        b > 10(s"MQTT" 04 02 0000 s"b")
        b closed
        """);

    [Fact]
    public Task Name_and_version_that_are_not_spoken_are_refused() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-2]: in the words of the version that the peer may know.
        a > 10(s"MQTT" 03 02 0000 s"a")
        a < 20(00 01)
        a closed
        b > 10(s"MQTT" 06 02 0000 () s"b")
        b < 20(00 84 00)
        b closed
        // [MQTT-3.1.2-1]
        c > 10(s"MQTX" 05 02 0000 () s"c")
        c closed
        // MQTT 3.1 is served; its CONNACK has no Session Present.
        d > 10(s"MQIsdp" 03 00 0000 s"d")
        d < 20(00 00)
        d drop
        d > 10(s"MQIsdp" 03 00 0000 s"d")
        d < 20(00 00)
        """);

    [Theory]
    [InlineData("03 0000 () s\"a\"", "[MQTT-3.1.2-3]")]
    [InlineData("0A 0000 () s\"a\"", "[MQTT-3.1.2-11]")]
    [InlineData("1E 0000 () s\"a\" () s\"w\" s\"x\"", "[MQTT-3.1.2-12]")]
    [InlineData("22 0000 () s\"a\"", "[MQTT-3.1.2-13]")]
    [InlineData("06 0000 () s\"a\"", "[MQTT-3.1.2-9] no will fields")]
    [InlineData("02 0000 () s\"a\" s\"u\"", "[MQTT-3.1.2-16]")]
    [InlineData("82 0000 () s\"a\" s\"u\" s\"p\"", "[MQTT-3.1.2-18]")]
    [InlineData("02 0000 ()", "[MQTT-3.1.3-3] no client identifier")]
    [InlineData("06 0000 () s\"a\" () 0002 C328 s\"x\"", "[MQTT-3.1.3-11] will topic")]
    [InlineData("06 0000 () s\"a\" () 0002 7700 s\"x\"", "[MQTT-1.5.4-2] U+0000")]
    [InlineData("02 0000 (26 0001 C3 s\"v\") s\"a\"", "[MQTT-1.5.7-1] name of a user property")]
    [InlineData("02 0000 (26 s\"n\" 0003 EDA080) s\"a\"", "[MQTT-1.5.7-1] value of a user property")]
    [InlineData("02 0000 (2700000100 04) s\"a\"", "unknown property")]
    public Task Connect_that_is_malformed_is_refused_and_ends(string rest, string because)
    {
        TestContext.Current.SendDiagnosticMessage(because);
        return Sequence.PlayAsync($"""
            a > 10(s"MQTT" 05 {rest})
            a < 20(00 81 00)
            a closed
            """);
    }

    [Theory]
    [InlineData("82 0000 () s\"a\"", "[MQTT-3.1.2-17]")]
    [InlineData("C2 0000 () s\"a\" s\"u\"", "[MQTT-3.1.2-19]")]
    [InlineData("82 0000 () s\"a\" 0002 C328", "[MQTT-3.1.3-12] user name")]
    public Task Broken_user_name_or_password_ends_without_a_word(string rest, string because)
    {
        TestContext.Current.SendDiagnosticMessage(because);
        return Sequence.PlayAsync($"""
            a > 10(s"MQTT" 05 {rest})
            a closed
            """);
    }

    [Theory]
    [InlineData("03 0000 s\"a\"", "[MQTT-3.1.2-3]")]
    [InlineData("06 0000 s\"a\"", "[MQTT-3.1.2-9]")]
    [InlineData("0A 0000 s\"a\"", "[MQTT-3.1.2-13]")]
    [InlineData("1E 0000 s\"a\" s\"w\" s\"x\"", "[MQTT-3.1.2-14]")]
    [InlineData("22 0000 s\"a\"", "[MQTT-3.1.2-15]")]
    [InlineData("02 0000 s\"a\" s\"u\"", "[MQTT-3.1.2-18]")]
    [InlineData("82 0000 s\"a\"", "[MQTT-3.1.2-19]")]
    [InlineData("82 0000 s\"a\" s\"u\" s\"p\"", "[MQTT-3.1.2-20]")]
    [InlineData("C2 0000 s\"a\" s\"u\"", "[MQTT-3.1.2-21]")]
    [InlineData("42 0000 s\"a\" s\"p\"", "[MQTT-3.1.2-22]")]
    [InlineData("02 0000", "[MQTT-3.1.3-3]")]
    [InlineData("02 0000 0002 C328", "[MQTT-1.5.3-1] [MQTT-3.1.3-4]")]
    [InlineData("02 0000 0002 6100", "[MQTT-1.5.3-2]")]
    [InlineData("06 0000 s\"a\" 0002 C328 s\"x\"", "[MQTT-3.1.3-10]")]
    [InlineData("82 0000 s\"a\" 0002 C328", "[MQTT-3.1.3-11]")]
    public Task Connect_of_3_1_1_that_is_malformed_ends_without_connack(string rest, string because)
    {
        TestContext.Current.SendDiagnosticMessage($"3.1.1 {because}, [MQTT-3.1.4-1]");
        return Sequence.PlayAsync($"""
            a > 10(s"MQTT" 04 {rest})
            a closed
            """);
    }

    [Fact]
    public Task Password_alone_is_allowed_in_5_0_and_fields_stand_in_their_order() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-19] [MQTT-3.1.3-1]
        a > 10(s"MQTT" 05 42 0000 () s"a" s"p")
        a < 20 ?? 00 00 ..
        w *5
        w > 82(0001 () s"w" 00)
        w < 90(0001 () 00)
        b > 10(s"MQTT" 05 C6 0000 () s"b" () s"w" s"x" s"u" s"p")
        b < 20 ?? 00 00 ..
        b drop
        w < 30(s"w" () "x")
        """);

    [Fact]
    public Task Session_present_is_said_when_there_is_one_and_clean_start_forgets_it() => Sequence.PlayAsync("""
        // 5.0 [MQTT-3.1.2-4] [MQTT-3.1.2-5] [MQTT-3.1.2-6] [MQTT-3.2.2-2] [MQTT-3.2.2-3]
        a > 10(s"MQTT" 05 00 0000 (11 00000E10) s"a")
        a < 20 ?? 00 00 ..
        a > 82(0001 () s"t" 00)
        a < 90(0001 () 00)
        a drop
        a > 10(s"MQTT" 05 00 0000 (11 00000E10) s"a")
        a < 20 ?? 01 00 ..
        a > 30(s"t" () "x")
        a < 30(s"t" () "x")
        a drop
        a > 10(s"MQTT" 05 02 0000 (11 00000E10) s"a")
        a < 20 ?? 00 00 ..
        a > 30(s"t" () "x")
        a idle
        // 3.1.1 [MQTT-3.1.2-4] [MQTT-3.1.2-6] [MQTT-3.2.2-1] [MQTT-3.2.2-2] [MQTT-3.2.2-3]
        b > 10(s"MQTT" 04 00 0000 s"b")
        b < 20(00 00)
        b drop
        b > 10(s"MQTT" 04 00 0000 s"b")
        b < 20(01 00)
        b drop
        b > 10(s"MQTT" 04 02 0000 s"b")
        b < 20(00 00)
        b drop
        b > 10(s"MQTT" 04 00 0000 s"b")
        b < 20(00 00)
        """);

    [Fact]
    public Task Client_identifiers_of_23_letters_are_served_and_empty_ones_get_a_name() => Sequence.PlayAsync("""
        // [MQTT-3.1.3-5]
        a > 10(s"MQTT" 05 02 0000 () s"0123456789abcXYZabcXYZ0")
        a < 20 ?? 00 00 ..
        // 3.1.1 [MQTT-3.1.3-6] [MQTT-3.1.3-8]
        b > 10(s"MQTT" 04 02 0000 s"")
        b < 20(00 00)
        c > 10(s"MQTT" 04 00 0000 s"")
        c < 20(00 02)
        c closed
        // [MQTT-3.1.3-4] [MQTT-3.1.3-8]
        d > 10(s"MQTT" 05 02 0000 () 0002 C328)
        d < 20(00 85 00)
        d closed
        """);

    [Fact]
    public async Task Assigned_client_identifier_is_told_is_nobody_elses_and_names_the_session()
    {
        await using var broker = await Broker.StartAsync();
        var one = Assigned(broker, out var oneId);
        using var two = Assigned(broker, out var twoId);
        twoId.ShouldNotBe(oneId, "[MQTT-3.1.3-6] [MQTT-3.2.2-16]");
        using var same = RawPeer.ConnectAs(broker.Port, oneId);
        one.ReadHex().ShouldBe("E0018E", "[MQTT-3.1.3-7] it is the client's identifier from then on");
        one.Dispose();

        static RawPeer Assigned(Broker broker, out string id)
        {
            var peer = broker.Raw();
            peer.SendConnect("");
            Mqtt.Packets.ConnAckPacket.Read(MqttProtocolVersion.V500, peer.ReadPacket().AsSpan(2), out var answer).IsFault.ShouldBeFalse();
            id = System.Text.Encoding.UTF8.GetString(answer.Properties.Bytes(Mqtt.Packets.PropertyId.AssignedClientIdentifier));
            id.ShouldNotBeEmpty();
            return peer;
        }
    }

    [Fact]
    public Task Refused_connection_is_not_heard_any_more() => Sequence.PlayAsync("""
        // [MQTT-3.1.4-6] [MQTT-3.2.2-7] [MQTT-3.14.0-1]
        w *5
        w > 82(0001 () s"#" 00)
        w < 90(0001 () 00)
        a > 10(s"MQTT" 05 02 0000 (15 s"X") s"a") 30(s"t" () "x")
        a < 20(00 8C 00)
        a closed
        b > 10(s"MQTT" 04 00 0000 s"") 30(s"t" "x")
        b < 20(00 02)
        b closed
        w idle
        """);

    [Fact]
    public Task Connack_says_what_is_offered_and_nothing_that_was_not_asked_for() => Sequence.PlayAsync("""
        // Topic Alias Maximum, Maximum Packet Size, Receive Maximum; no Response Information [MQTT-3.1.2-28], no Maximum QoS [MQTT-3.2.2-9],
        // no authentication method [MQTT-4.12.0-6]; flag bits 7 to 1 are zero [MQTT-3.2.2-1].
        a > 10(s"MQTT" 05 02 0000 (19 00) s"a")
        a < 20(00 00 (22 0020 27 00100000 21 03E8 13 012C))
        b > 10(s"MQTT" 05 02 003C (19 01 17 00) s"b")
        b < 20(00 00 (22 0020 27 00100000 21 03E8))
        """);

    [Fact]
    public Task Client_that_cannot_take_the_answer_to_its_connect_is_closed() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-24]: 19 bytes, and not one less.
        a > 10(s"MQTT" 05 02 0000 (27 00000012) s"a")
        a closed
        b > 10(s"MQTT" 05 02 0000 (27 00000013) s"b")
        b < 20(00 00 (22 0020 27 00100000 21 03E8 13 012C))
        """);

    [Fact]
    public Task Connack_comes_before_what_waits() => Sequence.PlayAsync("""
        // [MQTT-3.2.0-1] [MQTT-3.2.0-2]
        a ~5
        a > 82(0001 () s"t" 01)
        a < 90(0001 () 01)
        a drop
        p *5
        p > 32(s"t" 0001 () "x")
        p < 40(0001)
        a > 10(s"MQTT" 05 00 0000 (11 00000E10) s"a")
        a < 20 ?? 01 00 ..
        a < 32(s"t" 0001 () "x")
        a idle
        """);

    [Theory]
    [InlineData("11 00000001 11 00000001")]
    [InlineData("21 0000")]
    [InlineData("27 00000000")]
    [InlineData("17 02")]
    [InlineData("0B 01")]
    [InlineData("16 s\"d\"")]
    public Task Connect_with_properties_that_are_not_allowed_is_a_protocol_error(string properties) => Sequence.PlayAsync($"""
        // [MQTT-3.1.4-1]
        a > 10(s"MQTT" 05 02 0000 ({properties}) s"a")
        a < 20(00 82 00)
        a closed
        """);

    [Fact]
    public Task Server_keep_alive_replaces_a_longer_one_only() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-21] [MQTT-3.2.2-21] [MQTT-3.2.2-22]
        a > 10(s"MQTT" 05 02 003D () s"a")
        a < 20(00 00 (22 0020 27 00100000 21 03E8 13 003C))
        b > 10(s"MQTT" 05 02 003C () s"b")
        b < 20(00 00 (22 0020 27 00100000 21 03E8))
        """, new MqttListenerOptions { MaximumKeepAlive = TimeSpan.FromSeconds(60) });

    [Fact]
    public Task Disconnect_is_the_last_word_and_its_bits_and_codes_are_checked() => Sequence.PlayAsync("""
        w *5
        w > 82(0001 () s"t" 00)
        w < 90(0001 () 00)
        // [MQTT-3.14.4-1] [MQTT-3.14.4-2]
        a *5
        a > E000 30(s"t" () "x")
        a closed
        // [MQTT-3.14.1-1]
        b *5
        b > E100
        b < E0(81)
        b closed
        c *4
        c > E100
        c closed
        // [MQTT-3.14.2-1]
        d *5
        d > E0(05)
        d closed
        w idle
        """);
}
