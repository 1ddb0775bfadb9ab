using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>What the program around the listener publishes itself is bounded while the listener's thread is busy.</summary>
public sealed class HostPublishTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publishes_beyond_the_bound_are_refused_or_wait_and_none_that_was_taken_is_lost()
    {
        using var goOn = new ManualResetEventSlim();
        var hook = new RecordingHook("r/") { Decide = _ => goOn.Wait(Eventually.Patience) ? HookResult.Taken : HookResult.Busy };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { MaxPublishBytes = 10_000 });
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s", version: 4);
        subscriber.Subscribe("a", qos: 0, 4);
        using var blocker = RawPeer.ConnectAs(broker.Port, "b", version: 4);
        blocker.Publish("r/b", "x", version: 4);

        // The loop is in the hook, or will be there soon: what it takes before that makes room.
        var taken = 0;
        await Eventually.TrueAsync("there is no room", () =>
        {
            while (broker.Listener.TryPublish(Message(taken)))
            {
                taken++;
            }

            return hook.IsAsked;
        });
        while (broker.Listener.TryPublish(Message(taken)))
        {
            taken++;
        }

        var waiting = Enumerable.Range(taken, 20).Select(i => broker.Listener.PublishAsync(Message(i), Token).AsTask()).ToArray();
        waiting.ShouldAllBe(task => !task.IsCompleted);
        using var impatient = new CancellationTokenSource();
        var given = broker.Listener.PublishAsync(Message(0), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => given);

        goOn.Set();
        await Task.WhenAll(waiting).WaitAsync(Eventually.Patience, Token);
        var heard = Enumerable.Range(0, taken + 20).Select(_ => subscriber.ReadPublish(4).Payload.Trim()).ToList();
        heard.Take(taken).ShouldBe(Enumerable.Range(0, taken).Select(i => $"{i}"), "in order");
        heard.Skip(taken).ShouldBe(Enumerable.Range(taken, 20).Select(i => $"{i}"), ignoreOrder: true);
    }

    [Fact]
    public async Task Publish_that_waits_ends_with_the_listener()
    {
        using var goOn = new ManualResetEventSlim();
        var hook = new RecordingHook("r/") { Decide = _ => goOn.Wait(Eventually.Patience) ? HookResult.Taken : HookResult.Busy };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { MaxPublishBytes = 1 });
        using var blocker = RawPeer.ConnectAs(broker.Port, "b", version: 4);
        blocker.Publish("r/b", "x", version: 4);
        await Eventually.TrueAsync("the loop is in the hook", () => hook.IsAsked);
        var stopping = broker.Listener.StopAsync(Token);
        broker.Listener.TryPublish(Message(1)).ShouldBeTrue();
        var waiting = Enumerable.Range(0, 5).Select(i => broker.Listener.PublishAsync(Message(i), Token).AsTask()).ToArray();
        goOn.Set();
        await stopping;
        await Task.WhenAll(waiting).WaitAsync(Eventually.Patience, Token);
        broker.Listener.TryPublish(Message(1)).ShouldBeFalse("it has ended");
    }

    private static MqttMessage Message(int number) => new() { Topic = "a", Payload = System.Text.Encoding.UTF8.GetBytes($"{number}".PadRight(500)) };
}
