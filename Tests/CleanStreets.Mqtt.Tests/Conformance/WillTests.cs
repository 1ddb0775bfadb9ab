using CleanStreets.Mqtt.Tests.Support;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>Last wills, byte by byte.</summary>
public sealed class WillTests
{
    [Theory]
    [InlineData(5, "()")]
    [InlineData(4, "")]
    public Task Will_is_said_when_the_connection_breaks_and_not_after_disconnect(int version, string none) => Sequence.PlayAsync($"""
        // [MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT-3.14.4-3]
        w *4
        w > 82(0001 s"w" 00)
        w < 90(0001 00)
        a > 10(s"MQTT" 0{version} 06 0000 {none} s"a" {none} s"w" s"lost")
        a < 20 ?? 00 00 ..
        a drop
        w < 30(s"w" "lost")
        a > 10(s"MQTT" 0{version} 06 0000 {none} s"a" {none} s"w" s"goodbye")
        a < 20 ?? 00 00 ..
        a > E000
        a closed
        // It is gone once it was said: the same client without a will breaks off silently.
        a *{version}
        a drop
        w idle
        // A protocol error ends the connection too.
        a > 10(s"MQTT" 0{version} 06 0000 {none} s"a" {none} s"w" s"error")
        a < 20 ?? 00 00 ..
        a > 36 00
        w < 30(s"w" "error")
        """);

    [Fact]
    public Task Disconnect_with_will_says_it() => Sequence.PlayAsync("""
        w *5
        w > 82(0001 () s"w" 00)
        w < 90(0001 () 00)
        a > 10(s"MQTT" 05 06 0000 () s"a" () s"w" s"x")
        a < 20 ?? 00 00 ..
        a > E0(04)
        a closed
        w < 30(s"w" () "x")
        """);

    [Theory]
    [InlineData(5, "()", "06", false)]
    [InlineData(5, "()", "26", true)]
    [InlineData(4, "", "06", false)]
    [InlineData(4, "", "26", true)]
    public Task Will_is_kept_only_if_it_says_so(int version, string none, string flags, bool kept) => Sequence.PlayAsync($"""
        // [MQTT-3.1.2-14] [MQTT-3.1.2-15]; 3.1.1 [MQTT-3.1.2-16] [MQTT-3.1.2-17]
        a > 10(s"MQTT" 0{version} {flags} 0000 {none} s"a" {none} s"w" s"x")
        a < 20 ?? 00 00 ..
        a drop
        w *4
        w > 82(0001 s"w" 00)
        w < 90(0001 00)
        {(kept ? "w < 31(s\"w\" \"x\")" : "w idle")}
        """);

    [Fact]
    public Task Will_carries_its_properties_in_order_and_its_quality() => Sequence.PlayAsync("""
        // [MQTT-3.1.3-10]: the delay is not passed on.
        w *5
        w > 82(0001 () s"w" 01)
        w < 90(0001 () 01)
        a > 10(s"MQTT" 05 0E 0000 () s"a" (18 00000000 01 01 03 s"t" 08 s"r" 09 s"c" 26 s"k" s"2" 26 s"k" s"1") s"w" s"x")
        a < 20 ?? 00 00 ..
        a drop
        w < 32(s"w" 0001 (01 01 03 s"t" 08 s"r" 09 s"c" 26 s"k" s"2" 26 s"k" s"1") "x")
        """);

    [Fact]
    public Task Will_waits_no_longer_than_the_session() => Sequence.PlayAsync("""
        // [MQTT-3.1.2-8] [MQTT-3.1.3-9]: no session, so an hour of delay is none.
        w *5
        w > 82(0001 () s"w" 00)
        w < 90(0001 () 00)
        a > 10(s"MQTT" 05 06 0000 () s"a" (18 00000E10) s"w" s"1")
        a < 20 ?? 00 00 ..
        a drop
        w < 30(s"w" () "1")
        // A clean start ends the session that it waits with.
        a > 10(s"MQTT" 05 06 0000 (11 00000E10) s"a" (18 00000E10) s"w" s"2")
        a < 20 ?? 00 00 ..
        a drop
        w idle
        a *5
        w < 30(s"w" () "2")
        // DISCONNECT may end the session too.
        b > 10(s"MQTT" 05 06 0000 (11 00000E10) s"b" (18 00000E10) s"w" s"3")
        b < 20 ?? 00 00 ..
        b > E0(04 (11 00000000))
        w < 30(s"w" () "3")
        """);

    [Fact]
    public Task Take_over_says_a_will_without_delay_and_not_one_with() => Sequence.PlayAsync("""
        // [MQTT-3.1.3-9] [MQTT-3.1.4-3]
        w *5
        w > 82(0001 () s"w" 00)
        w < 90(0001 () 00)
        a > 10(s"MQTT" 05 04 0000 (11 00000E10) s"s" (18 00000E10) s"w" s"delayed")
        a < 20 ?? 00 00 ..
        b > 10(s"MQTT" 05 04 0000 (11 00000E10) s"s" () s"w" s"at once")
        b < 20 ?? 01 00 ..
        a < E0(8E)
        a closed
        w idle
        c > 10(s"MQTT" 04 00 0000 s"s")
        c < 20(01 00)
        b < E0(8E)
        b closed
        w < 30(s"w" () "at once")
        """);

    [Fact]
    public Task Will_on_a_topic_that_cannot_be_published_is_refused() => Sequence.PlayAsync("""
        a > 10(s"MQTT" 05 06 0000 () s"a" () s"w/#" s"x")
        a < 20(00 90 00)
        a closed
        b > 10(s"MQTT" 05 06 0000 () s"b" () s"$SYS/x" s"x")
        b < 20(00 90 00)
        b closed
        c > 10(s"MQTT" 04 06 0000 s"c" s"w/+" s"x")
        c closed
        """);
}
