using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>What was acknowledged survives: kill -9 of the real program, and damage to its file.</summary>
public sealed class DurabilityTests
{
    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_of_the_broker()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new List<string>();
        await using (var program = StartBroker(folder))
        {
            var port = await PortAsync(program);
            using (var subscriber = SessionTests.Lasting(port, "s", 5, present: false))
            {
                subscriber.Subscribe("q/#", qos: 1, 5);
            }

            using var publisher = RawPeer.ConnectAs(port, "p");
            publisher.Publish("r", "kept", qos: 1, id: 1, retain: true);
            publisher.ReadHex().ShouldStartWith("40");

            // Killed in the middle of a stream of publishes: what has its PUBACK must be there, the rest may be.
            var killing = Task.CompletedTask;
            for (var id = 11; id < 3000; id++)
            {
                publisher.TrySend("q/a", $"{id}", id);
                if (id % 10 == 0)
                {
                    for (var i = 0; i < 10 && publisher.ReadPacket() is { Length: > 0 } answer; i++)
                    {
                        acknowledged.Add($"{answer[2] << 8 | answer[3]}");
                    }

                    if (acknowledged.Count >= 100 && killing == Task.CompletedTask)
                    {
                        killing = program.KillAsync();
                    }

                    if (killing.IsCompleted && killing != Task.CompletedTask)
                    {
                        break;
                    }
                }
            }

            await killing;
        }

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(100);
        await using var again = StartBroker(folder);
        var newPort = await PortAsync(again);
        using var back = SessionTests.Lasting(newPort, "s", 5, present: true);
        var heard = new List<string>();
        back.SendHex("82 07 0002 00 0001 72 00"); // Retained: comes after everything that waited.
        for (var packet = back.ReadPublishOrNothing(5); packet is not { Topic: "r" }; packet = back.ReadPublishOrNothing(5))
        {
            if (packet is not null)
            {
                heard.Add(packet.Payload);
                back.SendHex($"4002{packet.PacketId:X4}");
            }
        }

        heard.Take(acknowledged.Count).ShouldBe(acknowledged, "everything acknowledged, in order");
        heard.ShouldBeUnique();
        (await again.StopAsync(Eventually.Patience)).ShouldBe(0);
    }

    [Fact]
    public async Task Exactly_once_stays_exactly_once_across_a_restart()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        await using (var broker = await Broker.StartAsync(options: options))
        {
            using var subscriber = SessionTests.Lasting(broker, "s", 4, present: false);
            subscriber.Subscribe("a", qos: 2, 4);
            using var publisher = SessionTests.Lasting(broker, "p", 4, present: false);
            publisher.Publish("a", "1", qos: 2, id: 7, version: 4);
            publisher.ReadHex().ShouldBe("50020007");
            publisher.Publish("a", "2", qos: 2, id: 8, version: 4);
            publisher.ReadHex().ShouldBe("50020008");
            subscriber.ReadPublish(4).PacketId.ShouldBe((ushort)1);
            subscriber.ReadPublish(4).PacketId.ShouldBe((ushort)2);
            subscriber.SendHex("50020001");
            subscriber.ReadHex().ShouldBe("62020001");
        }

        await using var again = await Broker.StartAsync(options: options);
        using var publisherBack = SessionTests.Lasting(again, "p", 4, present: true);
        publisherBack.SendHex("3C 06 0001 61 0007 31 62020007 62020008");
        publisherBack.ReadHex().ShouldBe("50020007");
        publisherBack.ReadHex().ShouldBe("70020007");
        publisherBack.ReadHex().ShouldBe("70020008");
        using var back = SessionTests.Lasting(again, "s", 4, present: true);
        back.ReadHex().ShouldBe("62020001");
        back.ReadPublish(4).ShouldBe(new Heard("a", "2", QualityOfService.ExactlyOnce, Duplicate: true, 2));
        back.SendHex("70020001 50020002");
        back.ReadHex().ShouldBe("62020002");
        back.SendHex("70020002 C000");
        back.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Connection_that_ends_while_its_answer_waits_for_the_disk_leaves_nobody_else_waiting()
    {
        using var folder = new TemporaryFolder();
        using var goOn = new ManualResetEventSlim();
        var hook = new RecordingHook("r/") { Decide = _ => goOn.Wait(Eventually.Patience) ? HookResult.Taken : HookResult.Busy };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { DataFolder = folder.Path });
        using var stays = SessionTests.Lasting(broker, "stays", 4, present: false);
        using var ends = SessionTests.Lasting(broker, "ends", 4, present: false);
        using var blocker = RawPeer.ConnectAs(broker.Port, "blocker", version: 4);

        // The hook keeps the loop until both have spoken, so that both stand in one turn and one batch.
        blocker.Publish("r/t", "x", version: 4);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        stays.SendHex("82 06 0001 0001 61 00");
        ends.SendHex("82 06 0001 0001 61 00 F000");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        goOn.Set();

        ends.ReadHex().ShouldBe("9003000100");
        stays.ReadHex().ShouldBe("9003000100");
    }

    [Fact]
    public async Task Listener_whose_loop_failed_closes_its_links_and_frees_its_folder()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path, Endpoints = [new MqttEndpoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0))] };
        await using var failing = new MqttListener(options, new FailingHook(), TimeProvider.System, NullLogger<MqttListener>.Instance);
        await failing.StartAsync(TestContext.Current.CancellationToken);
        using var peer = RawPeer.ConnectAs(failing.LocalEndpoint.Port, "p", version: 4);
        peer.Publish("r/t", "x", qos: 1, id: 1, version: 4);

        peer.ReadPacket().ShouldBeEmpty();
        await Should.ThrowAsync<InvalidOperationException>(() => failing.Completion.WaitAsync(Eventually.Patience));
        await using var again = await Broker.StartAsync(options: options);
    }

    [Fact]
    public async Task Folder_that_could_not_be_used_is_free_for_the_next_attempt()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        var inTheWay = Directory.CreateDirectory(Path.Combine(folder.Path, "mqtt-state.log.new"));
        await Should.ThrowAsync<MqttListenerException>(() => Broker.StartAsync(options: options));
        inTheWay.Delete();
        await using var again = await Broker.StartAsync(options: options);
    }

    /// <summary>Fails in the loop itself, as a disk does.</summary>
    private sealed class FailingHook : IPublishHook
    {
        public bool Claims(ReadOnlySpan<byte> topic) => true;

        public HookResult OnPublish(in BorrowedPublish publish, PublishToken token) => HookResult.Taken;

        public void OnTurnEnd() => throw new InvalidOperationException("the hook fails");
    }

    [Fact]
    public async Task Ended_sessions_cleared_messages_and_unsubscribed_filters_stay_gone()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        await using (var broker = await Broker.StartAsync(options: options))
        {
            using var peer = SessionTests.Lasting(broker, "s", 4, present: false);
            peer.Subscribe("a", qos: 1, 4);
            peer.SendHex("A2 05 0002 0001 61");
            peer.ReadHex().ShouldBe("B0020002");
            peer.Subscribe("b", qos: 1, 4);
            SessionTests.Lasting(broker, "gone", 4, present: false).Dispose();
            RawPeer.ConnectAs(broker.Port, "gone", version: 4).Dispose();
            peer.Publish("c", "x", qos: 1, id: 1, retain: true, version: 4);
            peer.Publish("c", "", qos: 1, id: 2, retain: true, version: 4);
            peer.Publish("d", "x", qos: 1, id: 3, retain: true, version: 4);
            string[] answers = [peer.ReadHex(), peer.ReadHex(), peer.ReadHex()];
            answers.ShouldBe(["40020001", "40020002", "40020003"]);
        }

        await using var again = await Broker.StartAsync(options: options);
        again.Listener.Counters.RetainedMessages.ShouldBe(1);
        SessionTests.Lasting(again, "gone", 4, present: false).Dispose();
        using var back = SessionTests.Lasting(again, "s", 4, present: true);
        back.Publish("a", "x", qos: 1, id: 1, version: 4);
        back.Publish("b", "y", qos: 1, id: 2, version: 4);
        string[] heard = [back.ReadHex(), back.ReadHex(), back.ReadHex()];
        heard.ShouldBe(["40020001", "40020002", "3206000162000179"], ignoreOrder: true);
    }

    [Fact]
    public async Task Torn_tail_costs_its_own_records_only_and_the_file_is_kept()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        await using (var broker = await Broker.StartAsync(options: options))
        {
            using var peer = RawPeer.ConnectAs(broker.Port, "p", version: 4);
            for (var id = 1; id <= 3; id++)
            {
                peer.Publish($"t/{id}", "x", qos: 1, id: id, retain: true, version: 4);
                peer.ReadHex().ShouldBe($"4002{id:X4}");
            }
        }

        var log = Directory.GetFiles(folder.Path, "*.log").ShouldHaveSingleItem();
        var bytes = File.ReadAllBytes(log);
        File.WriteAllBytes(log, bytes[..^5]);
        await using (var torn = await Broker.StartAsync(options: options))
        {
            torn.Listener.Counters.RetainedMessages.ShouldBe(2);
            File.ReadAllBytes(log + ".damaged").Length.ShouldBe(bytes.Length - 5);
        }

        bytes[20] ^= 1;
        File.WriteAllBytes(log, bytes);
        await using var flipped = await Broker.StartAsync(options: options);
        flipped.Listener.Counters.RetainedMessages.ShouldBe(0, "the checksum finds it");
    }

    [Fact]
    public async Task Log_that_has_grown_begins_anew_with_what_is_alive_while_serving()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        await using (var broker = await Broker.StartAsync(options: options))
        {
            using (var subscriber = SessionTests.Lasting(broker, "s", 4, present: false))
            {
                subscriber.Subscribe("q", qos: 2, 4);
                using var first = RawPeer.ConnectAs(broker.Port, "f", version: 4);
                first.Publish("q", "on its way", qos: 2, id: 1, version: 4);
                subscriber.ReadPublish(4).PacketId.ShouldBe((ushort)1);
            }

            await Eventually.TrueAsync("the subscriber is away", () => broker.Listener.Counters.Connections == 0);
            using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
            publisher.Publish("q", "waits", qos: 1, id: 1, version: 4);
            publisher.ReadHex().ShouldBe("40020001");
            var payload = new string('x', 900_000);
            for (var id = 2; id <= 90; id++)
            {
                publisher.Publish("r", $"{id:00}{payload}", qos: 1, id: id, retain: true, version: 4);
                publisher.ReadHex().ShouldBe($"4002{id:X4}");
            }

            publisher.Publish("q", "waits too", qos: 1, id: 91, version: 4);
            publisher.ReadHex().ShouldBe("4002005B");
        }

        new FileInfo(Directory.GetFiles(folder.Path, "*.log").ShouldHaveSingleItem()).Length.ShouldBeLessThan(64 * 1024 * 1024, "it has begun anew");
        await using var again = await Broker.StartAsync(options: options);
        again.Listener.Counters.RetainedMessages.ShouldBe(1);
        using var back = SessionTests.Lasting(again, "s", 4, present: true);
        back.ReadPublish(4).ShouldBe(new Heard("q", "on its way", QualityOfService.ExactlyOnce, Duplicate: true, 1));
        back.ReadPublish(4).Payload.ShouldBe("waits");
        back.ReadPublish(4).Payload.ShouldBe("waits too");
    }

    [Fact]
    public async Task Data_folder_belongs_to_one_listener()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path };
        await using var first = await Broker.StartAsync(options: options);
        (await Should.ThrowAsync<MqttListenerException>(() => Broker.StartAsync(options: options))).Message.ShouldContain(folder.Path);
    }

    [Fact]
    public async Task Failed_fsync_acknowledges_nothing_and_ends_the_listener()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed: deploy/test installs it.");
        using var folder = new TemporaryFolder();
        await using var broker = StartBroker(folder);
        using var peer = RawPeer.ConnectAs(await PortAsync(broker), "p", version: 4);
        peer.Publish("r", "kept", qos: 1, id: 1, retain: true, version: 4);
        peer.ReadHex().ShouldBe("40020001");
        await using var strace = ProductProgram.StartProcess("strace", ["-f", "-p", $"{broker.Id}", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"]);
        await Eventually.TrueAsync("strace has attached", () => strace.Output.Contains("attached") || strace.ExitCode is not null);
        Assert.SkipWhen(strace.Output.Contains("not permitted"), "This machine lets nobody trace a process.");
        peer.Publish("r", "not kept", qos: 1, id: 2, retain: true, version: 4);
        (await broker.ExitAsync(Eventually.Patience)).ShouldNotBe(0, broker.Output);
        peer.Available.ShouldBe(0, "nothing is acknowledged by an fsync that failed");
    }

    private static ProductProgram StartBroker(TemporaryFolder folder) =>
        ProductProgram.Start("Ingest/CleanStreets.Ingest", "broker", "--listen", "127.0.0.1:0", "--data", folder.Path);

    private static async Task<int> PortAsync(ProductProgram program)
    {
        var ready = await program.ReadyAsync(Eventually.Patience);
        return System.Net.IPEndPoint.Parse(ProductProgram.ValueOf(ready, "mqtt")).Port;
    }
}
