using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>SUBSCRIBE and UNSUBSCRIBE, shared subscriptions and matching, byte by byte.</summary>
public sealed class SubscribeTests
{
    [Theory]
    [InlineData("80(0001 () s\"t\" 00)", "81", "[MQTT-3.8.1-1]")]
    [InlineData("82(0000 () s\"t\" 00)", "81", "[MQTT-2.2.1-3]")]
    [InlineData("82(0001 ())", "81", "[MQTT-3.8.3-2]")]
    [InlineData("82(0001 () 0002 C328 00)", "81", "[MQTT-3.8.3-1]")]
    [InlineData("82(0001 () s\"t\" 03)", "81", "QoS 3")]
    [InlineData("82(0001 () s\"t\" 40)", "81", "[MQTT-3.8.3-5]")]
    [InlineData("82(0001 () s\"t\" 30)", "81", "retain handling 3")]
    [InlineData("82(0001 () s\"$share/g/t\" 04)", "82", "[MQTT-3.8.3-4]")]
    [InlineData("82(0001 () s\"$share//t\" 00)", "82", "[MQTT-4.8.2-1]")]
    [InlineData("82(0001 () s\"$share/+/t\" 00)", "82", "[MQTT-4.8.2-2]")]
    [InlineData("82(0001 () s\"$share/g\" 00)", "82", "[MQTT-4.8.2-2]")]
    [InlineData("82(0001 () s\"t/#/u\" 00)", "81", "[MQTT-4.7.1-1]")]
    [InlineData("82(0001 () s\"t#\" 00)", "81", "[MQTT-4.7.1-1]")]
    [InlineData("82(0001 () s\"t+\" 00)", "81", "[MQTT-4.7.1-2]")]
    [InlineData("82(0001 () s\"\" 00)", "81", "[MQTT-4.7.3-1]")]
    [InlineData("82(0001 () 0002 7400 00)", "81", "[MQTT-4.7.3-2]")]
    [InlineData("A0(0001 () s\"t\")", "81", "[MQTT-3.10.1-1]")]
    [InlineData("A2(0001 ())", "81", "[MQTT-3.10.3-2]")]
    [InlineData("A2(0001 () 0002 C328)", "81", "[MQTT-3.10.3-1]")]
    [InlineData("F000", "82", "[MQTT-4.12.0-7]")]
    [InlineData("F100", "82", "[MQTT-3.15.1-1]")]
    [InlineData("F0(18 (15 s\"X\"))", "82", "[MQTT-4.12.0-7]")]
    [InlineData("F0(01 ())", "82", "[MQTT-3.15.2-1]")]
    [InlineData("90(0001 () 00)", "82", "a packet of servers")]
    [InlineData("00(00)", "82", "a reserved type")]
    public Task Packet_that_breaks_a_rule_ends_the_connection(string said, string code, string because)
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
    [InlineData("80(0001 s\"t\" 00)", "[MQTT-3.8.1-1]")]
    [InlineData("82(0000 s\"t\" 00)", "[MQTT-2.3.1-1]")]
    [InlineData("82(0001)", "[MQTT-3.8.3-3]")]
    [InlineData("82(0001 0002 C328 00)", "[MQTT-3.8.3-1]")]
    [InlineData("82(0001 s\"t\" 03)", "[MQTT-3-8.3-4]")]
    [InlineData("82(0001 s\"t\" 04)", "[MQTT-3-8.3-4]")]
    [InlineData("82(0001 s\"t/#/u\" 00)", "[MQTT-4.7.1-2]")]
    [InlineData("82(0001 s\"t+\" 00)", "[MQTT-4.7.1-3]")]
    [InlineData("82(0001 s\"\" 00)", "[MQTT-4.7.3-1]")]
    [InlineData("A0(0001 s\"t\")", "[MQTT-3.10.1-1]")]
    [InlineData("A2(0001)", "[MQTT-3.10.3-2]")]
    [InlineData("A2(0001 0002 C328)", "[MQTT-3.10.3-1]")]
    [InlineData("C100", "[MQTT-2.2.2-2]")]
    [InlineData("F000", "a reserved type")]
    public Task Packet_of_3_1_1_that_breaks_a_rule_ends_the_connection(string said, string because)
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
    public Task Every_filter_is_answered_in_its_place(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT-2.2.1-6]
        a *{version}
        a > 82(ABCD {none} s"a" 02 s"{new string('/', 201)}" 00 s"b" 00 s"c" 01)
        a < 90(ABCD {none} 02 {(version == 5 ? "8F" : "80")} 00 01)
        // The rest of the packet holds: [MQTT-3.8.4-8] the lower quality of the two.
        a > 34(s"a" 0001 {none} "2") 34(s"b" 0002 {none} "0") 34(s"c" 0003 {none} "1")
        a < 34(s"a" 0001 {none} "2")
        a < 30(s"b" {none} "0")
        a < 32(s"c" 0002 {none} "1")
        """);

    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Subscribing_again_replaces_the_subscription_and_loses_nothing(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.8.4-3] [MQTT-3.8.4-4]
        a *{version}
        a > 82(0001 {none} s"t" 01) 30(s"t" {none} "1") 82(0002 {none} s"t" 00) 32(s"t" 0001 {none} "2")
        a < 90(0001 {none} 01)
        a < 30(s"t" {none} "1")
        a < 90(0002 {none} 00)
        a < 30(s"t" {none} "2")
        a < 40(0001)
        a idle
        """);

    [Theory]
    [InlineData(5, "()", "00", "11")]
    [InlineData(4, "", "", "")]
    public Task Unsubscribing_ends_exactly_that_filter_and_every_one_is_answered(int version, string none, string ok, string noSuch) => Sequence.PlayAsync($"""
        // [MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2]
        a *{version}
        a > 82(0001 {none} s"t/+" 00 s"t/u" 00)
        a < 90(0001 {none} 00 00)
        a > A2(0102 {none} s"t/#" s"t/+" s"T/u")
        a < B0(0102 {none} {noSuch} {ok} {noSuch})
        a > 30(s"t/v" {none}) 30(s"t/u" {none} "x")
        a < 30(s"t/u" {none} "x")
        a idle
        """);

    [Fact]
    public Task Unsubscribing_completes_what_was_sent() => Sequence.PlayAsync("""
        // [MQTT-3.10.4-3]: also on the next connection.
        a ~5
        a > 82(0001 () s"t" 02)
        a < 90(0001 () 02)
        b *5
        b > 34(s"t" 0001 () "x")
        a < 34(s"t" 0001 () "x")
        a > A2(0002 () s"t")
        a < B0(0002 () 00)
        a drop
        a ~5
        a < 3C(s"t" 0001 () "x")
        a > 50(0001)
        a < 62(0001)
        a > 70(0001)
        b > 30(s"t" () "y")
        a idle
        """);

    [Fact]
    public Task No_local_keeps_a_clients_own_messages_from_it() => Sequence.PlayAsync("""
        // [MQTT-3.8.3-3]: also when it comes back under its identifier.
        a ~5
        a > 82(0001 () s"t" 04)
        a < 90(0001 () 00)
        b *5
        b > 82(0001 () s"t" 00)
        b < 90(0001 () 00)
        a > 30(s"t" () "1")
        b < 30(s"t" () "1")
        a drop
        a ~5
        a > 30(s"t" () "2")
        b < 30(s"t" () "2")
        a idle
        b > 30(s"t" () "3")
        a < 30(s"t" () "3")
        """);

    [Fact]
    public Task Overlapping_subscriptions_with_no_local_and_retain_as_published_count_on_their_own() => Sequence.PlayAsync("""
        // [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4]: the first wants none of its own; the identifiers 2 and 268,435,455 come in any order.
        a *5
        a > 82(0001 (0B 01) s"t" 06) 82(0002 (0B 02) s"#" 00) 82(0003 (0B FFFFFF7F) s"+" 01)
        a < 90(0001 () 02)
        a < 90(0002 () 00)
        a < 90(0003 () 01)
        a > 34(s"t" 0001 () "own")
        a < 32(s"t" 0001 (?? ?? ?? ?? ?? ?? ??) "own")
        """);

    [Fact]
    public Task Topics_are_compared_byte_by_byte() => Sequence.PlayAsync("""
        // [MQTT-4.7.3-4] [MQTT-3.3.2-3] [MQTT-1.5.4-3]: case, empty levels, composed letters and a byte order mark make other topics.
        a *5
        a > 82(0001 () s"t/é" 00 s"/t" 00 s"t//u" 00)
        a < 90(0001 () 00 00 00)
        a > 30(s"T/é" ()) 30(0005 742F65CC81 ()) 30(s"t" ()) 30(s"t/u" ()) 30(s"//t" ()) 30(0005 EFBBBF2F74 ())
        a > 30(s"t//u" () "x")
        a < 30(s"t//u" () "x")
        a > 82(0002 () 0005 EFBBBF2F74 00) 30(0005 EFBBBF2F74 () "bom")
        a < 90(0002 () 00)
        a < 30(0005 EFBBBF2F74 () "bom")
        """);

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public Task Ping_is_answered(int version) => Sequence.PlayAsync($"""
        // [MQTT-3.12.4-1]
        a *{version}
        a > C000 C000
        a < D000
        a < D000
        """);

    [Fact]
    public Task Answer_larger_than_the_client_accepts_is_not_sent() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-24]
        a *5 27 00000013
        a > 82(0001 () s"a" 00 s"b" 00 s"c" 00 s"d" 00 s"e" 00 s"f" 00 s"g" 00 s"h" 00 s"i" 00 s"j" 00 s"k" 00 s"l" 00 s"m" 00 s"n" 00)
        a < 90(0001 () 0000000000000000000000000000)
        a > A2(0002 () s"a" s"b" s"c" s"d" s"e" s"f" s"g" s"h" s"i" s"j" s"k" s"l" s"m" s"n" s"o")
        a < E0(95)
        a closed
        """);

    [Fact]
    public Task Shared_subscribers_hear_at_their_own_quality_and_the_rest_when_one_leaves() => Sequence.PlayAsync("""
        // [MQTT-4.8.2-3]; its name and filter are what makes a group.
        a *5
        a > 82(0001 (0B 05) s"$share/g/t" 00)
        a < 90(0001 () 00)
        b *5
        b > 82(0001 () s"$share/g/t" 01)
        b < 90(0001 () 01)
        p *5
        p > 34(s"t" 0001 () "1") 34(s"t" 0002 () "2")
        a < 30(s"t" (0B 05) "1")
        b < 32(s"t" 0001 () "2")
        a > A2(0002 () s"$share/g/t")
        a < B0(0002 () 00)
        p > 30(s"t" () "3") 30(s"t" () "4")
        b < 30(s"t" () "3")
        b < 30(s"t" () "4")
        b drop
        a idle
        """);

    [Fact]
    public Task Shared_exactly_once_delivery_stays_with_its_client() => Sequence.PlayAsync("""
        // [MQTT-4.8.2-4]: completed on the next connection.
        a ~5
        a > 82(0001 () s"$share/g/t" 02)
        a < 90(0001 () 02)
        p *5
        p > 34(s"t" 0001 () "1")
        a < 34(s"t" 0001 () "1")
        b *5
        b > 82(0001 () s"$share/g/t" 02)
        b < 90(0001 () 02)
        a drop
        b idle
        a ~5
        a < 3C(s"t" 0001 () "1")
        // [MQTT-4.8.2-5]: and when the session ends instead, nobody else hears it.
        a drop
        a *5
        b idle
        // [MQTT-4.8.2-6]: nor when it was refused.
        p > 34(s"t" 0002 () "2")
        b < 34(s"t" 0001 () "2")
        a > 82(0001 () s"$share/g/t" 02)
        a < 90(0001 () 02)
        b > 50(0001 80)
        b idle
        a idle
        """);
}
