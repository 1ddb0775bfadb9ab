using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>Questions and answers over a broker.</summary>
public sealed class RequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_question_gets_its_own_answer_however_they_are_mixed()
    {
        await using var broker = await Broker.StartAsync();
        var answerer = await broker.ClientAsync("answerer");
        var asker = await broker.ClientAsync("asker");
        var waiting = new List<MqttMessage>();
        await answerer.SubscribeAsync("q", QualityOfService.AtLeastOnce, (question, token) =>
        {
            waiting.Add(question);
            if (waiting.Count == 10)
            {
                _ = AnswerAsync(answerer, [.. waiting.AsEnumerable().Reverse()]);
            }

            return default;
        }, Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => asker.RequestAsync("q", Encoding.UTF8.GetBytes($"{i}"), Eventually.Patience, Token)));
        answers.Select(answer => Encoding.UTF8.GetString(answer.Payload.Span)).ShouldBe(Enumerable.Range(0, 10).Select(i => $"re {i}"));
        waiting.Select(question => question.ResponseTopic).Distinct().ShouldBe(["responses/asker"]);
    }

    [Fact]
    public async Task Handler_may_ask_and_wait_for_the_answer()
    {
        await using var broker = await Broker.StartAsync();
        var answerer = await broker.ClientAsync("answerer");
        var asker = await broker.ClientAsync("asker", new MqttClientOptions { MaxQueued = 1 });
        await answerer.SubscribeAsync("q", QualityOfService.AtLeastOnce, (question, token) => { _ = AnswerAsync(answerer, [question]); return default; }, Token);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await asker.SubscribeAsync("event", QualityOfService.AtLeastOnce, async (_, token) =>
        {
            var answer = await asker.RequestAsync("q", "1"u8.ToArray(), Eventually.Patience, token);
            heard.TrySetResult(Encoding.UTF8.GetString(answer.Payload.Span));
        }, Token);
        broker.Listener.TryPublish(new MqttMessage { Topic = "event" }).ShouldBeTrue();
        (await heard.Task.WaitAsync(Eventually.Patience)).ShouldBe("re 1");
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_nobody_there_is_known_at_once()
    {
        await using var broker = await Broker.StartAsync();
        var asker = await broker.ClientAsync("asker");
        (await Should.ThrowAsync<MqttRefusedException>(() => asker.RequestAsync("nobody", default, Eventually.Patience, Token)))
            .Reason.ShouldBe(MqttReasonCode.NoMatchingSubscribers);
        var silent = await broker.ClientAsync("silent");
        await silent.SubscribeAsync("q", QualityOfService.AtLeastOnce, (_, _) => default, Token);
        await Should.ThrowAsync<TimeoutException>(() => asker.RequestAsync("q", default, TimeSpan.FromMilliseconds(100), Token));
    }

    [Fact]
    public async Task Old_protocol_asks_over_topics_of_its_own_and_says_that_it_has_no_response_topics()
    {
        await using var broker = await Broker.StartAsync();
        var hub = await broker.ClientAsync("hub", new MqttClientOptions { ProtocolVersion = MqttProtocolVersion.V311 });
        var device = await broker.ClientAsync("device", new MqttClientOptions { ProtocolVersion = MqttProtocolVersion.V311 });
        await Should.ThrowAsync<NotSupportedException>(() => device.RequestAsync("q", default, Eventually.Patience, Token));

        // The shape of Azure's twins: the request's number travels in the topics.
        await hub.SubscribeAsync("twin/GET/+", QualityOfService.AtMostOnce, async (question, token) =>
            await hub.PublishAsync(new MqttMessage { Topic = $"twin/res/200/{question.Topic.Split('/')[2]}", Payload = "{}"u8.ToArray() }, token), Token);
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await device.SubscribeAsync("twin/res/#", QualityOfService.AtMostOnce, (message, _) => { answer.TrySetResult(message.Topic); return default; }, Token);
        await device.PublishAsync(new MqttMessage { Topic = "twin/GET/?$rid=7" }, Token);
        (await answer.Task.WaitAsync(Eventually.Patience)).ShouldBe("twin/res/200/?$rid=7");
    }

    private static async Task AnswerAsync(MqttClient client, MqttMessage[] questions)
    {
        foreach (var question in questions)
        {
            await client.PublishAsync(
                new MqttMessage
                {
                    Topic = question.ResponseTopic!,
                    CorrelationData = question.CorrelationData,
                    Payload = Encoding.UTF8.GetBytes($"re {Encoding.UTF8.GetString(question.Payload.Span)}"),
                    QualityOfService = QualityOfService.AtLeastOnce,
                },
                Token);
        }
    }
}
