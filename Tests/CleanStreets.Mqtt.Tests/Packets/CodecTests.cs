using System.Buffers;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Tests.Packets;

public sealed class CodecTests
{
    [Theory]
    [InlineData("0000", "[MQTT-2.1.3-1]", MqttReasonCode.ProtocolError)]
    [InlineData("2100", "[MQTT-2.1.3-1]", MqttReasonCode.ProtocolError)]
    [InlineData("F200", "[MQTT-2.1.3-1]", MqttReasonCode.ProtocolError)]
    [InlineData("8000", "[MQTT-2.1.3-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("6000", "[MQTT-2.1.3-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("C100", "[MQTT-2.1.3-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("30FFFFFFFF01", "[MQTT-1.5.5-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("308000", "[MQTT-1.5.5-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("30FFFFFF7F", "[MQTT-3.2.2-15]", MqttReasonCode.PacketTooLarge)]
    public void Fixed_header_that_breaks_a_rule_is_refused_with_its_statement(string hex, string statement, MqttReasonCode code)
    {
        Frame.Read(Convert.FromHexString(hex), 1024 * 1024, out _, out var fault).ShouldBe(FrameStatus.Faulty);
        fault.Because.ShouldStartWith(statement);
        fault.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("36 000161 0001 00", "[MQTT-3.3.1-4]")]
    [InlineData("38 000161 00", "[MQTT-3.3.1-2]")]
    [InlineData("32 000161 0000 00", "[MQTT-2.2.1-3]")]
    [InlineData("30 0003 612B62 00", "[MQTT-3.3.2-2]")]
    [InlineData("30 0001 23 00", "[MQTT-3.3.2-2]")]
    [InlineData("30 0002 6100 00", "[MQTT-3.3.2-1]")]
    [InlineData("30 0003 EDA080 00", "[MQTT-3.3.2-1]")]
    [InlineData("30 0000 00", "[MQTT-4.7.3-1]")]
    [InlineData("30 0001 61 03 230000", "[MQTT-3.3.2-8]")]
    [InlineData("30 0001 61 05 1100000001", "property that does not belong in this packet")]
    [InlineData("30 0001 61 04 01010100", "property given more than once")]
    [InlineData("30 0001 61 02 0102", "property must be 0 or 1")]
    [InlineData("30 0001 61 05 03000361", "the packet ends inside a field")]
    [InlineData("30 0001 61 04 0800012B", "[MQTT-3.3.2-14]")]
    [InlineData("30 0001 61 02 0B00", "property must not be zero")]
    [InlineData("30 0001 61 04 03 0001 00", "[MQTT-1.5.4-1]")]
    public void Publish_that_breaks_a_rule_is_refused_with_its_statement(string hex, string statement)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var fault = PublishPacket.Read(MqttProtocolVersion.V500, (byte)(bytes[0] & 15), bytes.AsSpan(1), out _);
        fault.Because.ShouldNotBeNull();
        fault.Because.ShouldContain(statement);
    }

    [Theory]
    [InlineData("0004 4D515454 05 03 0000 00 0000", "[MQTT-3.1.2-3]", MqttReasonCode.MalformedPacket)]
    [InlineData("0004 4D515454 05 1E 0000 00 0000 00 0001 61 0000", "[MQTT-3.1.2-12]", MqttReasonCode.MalformedPacket)]
    [InlineData("0004 4D515454 05 22 0000 00 0000", "[MQTT-3.1.2-13]", MqttReasonCode.MalformedPacket)]
    [InlineData("0004 4D515454 04 42 0000 0000 0000", "[MQTT-3.1.2-22]", MqttReasonCode.MalformedPacket)]
    [InlineData("0003 4D5154 04 02 0000 0000", "[MQTT-3.1.2-1]", MqttReasonCode.MalformedPacket)]
    [InlineData("0006 4D5149736470 04 02 0000 0000", "[MQTT-3.1.2-2]", MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("0004 4D515454 03 02 0000 0000", "[MQTT-3.1.2-2]", MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("0004 4D515454 06 02 0000 0000", "[MQTT-3.1.2-2]", MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("0004 4D515454 05 02 0000 03 210000 0000", "must not be zero", MqttReasonCode.ProtocolError)]
    [InlineData("0004 4D515454 05 02 0000 04 16000100 0000", "authentication data without a method", MqttReasonCode.ProtocolError)]
    [InlineData("0004 4D515454 05 02 0000 00 0000 FF", "after the last field", MqttReasonCode.MalformedPacket)]
    [InlineData("0004 4D515454 05 06 0000 00 0000 00 0001 23 0000", "[MQTT-3.3.2-2]", MqttReasonCode.TopicNameInvalid)]
    public void Connect_that_breaks_a_rule_is_refused_with_its_statement_and_code(string hex, string statement, MqttReasonCode code)
    {
        var fault = ConnectPacket.Read(0, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _);
        fault.Because.ShouldNotBeNull();
        fault.Because.ShouldContain(statement);
        fault.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("0001 00", "[MQTT-3.8.3-2]")]
    [InlineData("0000 00 0001 61 00", "[MQTT-2.2.1-3]")]
    [InlineData("0001 00 0003 612F2B 03", "[MQTT-3.8.3-4]")]
    [InlineData("0001 00 0001 61 C0", "[MQTT-3.8.3-5]")]
    [InlineData("0001 00 0001 61 30", "[MQTT-3.8.3-5]")]
    [InlineData("0001 00 0003 612B62 00", "[MQTT-4.7.1-2]")]
    [InlineData("0001 00 0003 232F61 00", "[MQTT-4.7.1-1]")]
    [InlineData("0001 00 0000 00", "[MQTT-4.7.3-1]")]
    [InlineData("0001 00 000A 2473686172652F612F62 04", "no local on a shared")]
    [InlineData("0001 00 0008 2473686172652F61 00", "[MQTT-4.8.2-1]")]
    [InlineData("0001 00 000A 2473686172652F2F6162 00", "[MQTT-4.8.2-1]")]
    [InlineData("0001 00 000A 2473686172652F2B2F61 00", "[MQTT-4.8.2-2]")]
    [InlineData("0001 00 0001 07 00", "control character")]
    public void Subscribe_that_breaks_a_rule_is_refused_with_its_statement(string hex, string statement)
    {
        var body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var fault = SubscribePacket.Read(MqttProtocolVersion.V500, PacketType.Subscribe, body, out _);
        fault.Because.ShouldNotBeNull();
        fault.Because.ShouldContain(statement);
    }

    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking/x", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("#", "a/b", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    public void Filter_matches_as_the_specification_says(string filter, string topic, bool matches)
    {
        var filterBytes = System.Text.Encoding.UTF8.GetBytes(filter);
        var topicBytes = System.Text.Encoding.UTF8.GetBytes(topic);
        MqttText.Matches(filterBytes, topicBytes).ShouldBe(matches, "[MQTT-4.7.1-2] [MQTT-4.7.2-1]");

        // The tree is another road to the same answer.
        var tree = new Mqtt.Listener.SubscriptionTree();
        var subscription = new Mqtt.Listener.Subscription(new Mqtt.Listener.Session("s", new Mqtt.Listener.StoredBytes(long.MaxValue)), filterBytes, default, 0);
        tree.Add(subscription);
        var found = new Mqtt.Listener.Matches();
        tree.Match(topicBytes, found);
        found.Subscriptions.Count.ShouldBe(matches ? 1 : 0);
        tree.Remove(subscription);
        found.Clear();
        tree.Match(topicBytes, found);
        found.Subscriptions.ShouldBeEmpty();
    }

    [Fact]
    public void Published_properties_come_back_as_they_were_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var block = new PropertyBuffer().Add(PropertyId.PayloadFormatIndicator, 1).Add(PropertyId.MessageExpiryInterval, 77)
            .Add(PropertyId.ContentType, "t"u8).AddUser("n"u8, "1"u8).AddUser("n"u8, "2"u8);
        PublishPacket.Write(buffer, MqttProtocolVersion.V500, "a/b"u8, "p"u8, QualityOfService.AtLeastOnce, true, true, 513, block.Written);
        Frame.Read(buffer.WrittenSpan, 1000, out var frame, out _).ShouldBe(FrameStatus.Complete);
        PublishPacket.Read(MqttProtocolVersion.V500, frame.Flags, buffer.WrittenSpan[frame.HeaderLength..], out var read).IsFault.ShouldBeFalse();
        read.PacketId.ShouldBe((ushort)513);
        (read.Retain, read.Duplicate, read.QualityOfService).ShouldBe((true, true, QualityOfService.AtLeastOnce));
        read.Properties.Number(PropertyId.MessageExpiryInterval).ShouldBe(77u);
        var message = MessageProperties.ToMessage(in read);
        message.ContentType.ShouldBe("t");
        message.PayloadIsText.ShouldBeTrue();
        message.UserProperties.ShouldBe([new("n", "1"), new("n", "2")]);
    }

    [Fact]
    public void Publish_and_its_acknowledgement_allocate_nothing()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        long Round()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                buffer.ResetWrittenCount();
                PublishPacket.Write(buffer, MqttProtocolVersion.V500, "a/b"u8, "payload"u8, QualityOfService.AtLeastOnce, false, false, 5, "\u0003\0\u0001t"u8);
                Frame.Read(buffer.WrittenSpan, 1000, out var frame, out _);
                PublishPacket.Read(MqttProtocolVersion.V500, frame.Flags, buffer.WrittenSpan[frame.HeaderLength..], out var packet);
                buffer.ResetWrittenCount();
                AckPacket.Write(buffer, MqttProtocolVersion.V500, PacketType.PubAck, packet.PacketId);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The runtime may allocate an odd object of its own while it recompiles what has become hot.
        Enumerable.Range(0, 10).Min(_ => Round()).ShouldBe(0);
    }

    [Fact]
    public void Every_reason_code_has_a_sentence_of_its_own()
    {
        var codes = Enum.GetValues<MqttReasonCode>();
        codes.Length.ShouldBe(43);
        codes.Select(code => code.Sentence()).Distinct().Count().ShouldBe(codes.Length);
        codes.ShouldAllBe(code => code.Sentence().EndsWith('.') && !code.Sentence().StartsWith("Reason code 0x", StringComparison.Ordinal));
        ((MqttReasonCode)0x7F).Sentence().ShouldContain("0x7F");
    }
}
