namespace CleanStreets.Mqtt.Client;

/// <summary>Questions and answers of 5.0 (§4.10).</summary>
public sealed partial class MqttClient
{
    /// <summary>Asks on a topic with QoS 1 and returns the answer. All answers arrive over one subscription, made with the first question and kept.</summary>
    /// <remarks>At most <see cref="MqttClientOptions.MaxQueued"/> questions wait at once; further ones await room. A handler may ask and wait for the answer.</remarks>
    /// <param name="topic">Where somebody answers.</param>
    /// <param name="payload">The question.</param>
    /// <param name="timeout">Longest wait for the answer, a link that is down included; also the question's expiry.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TimeoutException">No answer came in time; a later one is let go.</exception>
    /// <exception cref="MqttRefusedException">The server refused the question, or says that nobody subscribes to the topic.</exception>
    /// <exception cref="MqttLinkLostException">As in <see cref="PublishAsync"/>.</exception>
    /// <exception cref="NotSupportedException">3.1.1 has no response topics: agree on topics, subscribe to the answers and publish.</exception>
    public async Task<MqttMessage> RequestAsync(string topic, ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_options.ProtocolVersion == MqttProtocolVersion.V311)
        {
            throw new NotSupportedException("MQTT 3.1.1 has no response topics.");
        }

        using var ending = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        await WaitForRoomAsync();
        var (number, correlation, answer) = _requests.Open();
        try
        {
            var responseTopic = await ResponseTopicAsync(either.Token);
            var code = await PublishAsync(
                new MqttMessage
                {
                    Topic = topic,
                    Payload = payload,
                    QualityOfService = QualityOfService.AtLeastOnce,
                    ResponseTopic = responseTopic,
                    CorrelationData = correlation,
                    Expiry = timeout,
                },
                either.Token);
            return code.IsFailure() || code == MqttReasonCode.NoMatchingSubscribers
                ? throw new MqttRefusedException($"Nobody answers on '{topic}'", code)
                : await answer.WaitAsync(either.Token);
        }
        catch (OperationCanceledException late) when (IsLate())
        {
            throw Late(late);
        }
        finally
        {
            _requests.Close(number);
        }

        bool IsLate() => ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        TimeoutException Late(Exception cause) => new($"No answer on '{topic}' within {timeout.TotalSeconds:0.#} s.", cause);

        async Task WaitForRoomAsync()
        {
            try
            {
                await _requests.Room.WaitAsync(either.Token);
            }
            catch (OperationCanceledException late) when (IsLate())
            {
                throw Late(late);
            }
        }
    }

    private async ValueTask<string> ResponseTopicAsync(CancellationToken cancellationToken)
    {
        if (ClientId.Length == 0 && _options.ResponseTopic is null)
        {
            await WaitConnectedAsync(cancellationToken); // The server chooses the name that the topic ends with.
        }

        var topic = _options.ResponseTopic ?? $"responses/{ClientId}";
        await _requests.Subscribing.WaitAsync(cancellationToken);
        try
        {
            if (_requests.Topic is null)
            {
                _requests.Topic = topic; // First, for an answer may come with the SUBACK; a retained one that nobody asked for is let go.
                await SubscribeAsync(topic, QualityOfService.AtLeastOnce, (_, _) => default, cancellationToken);
            }
        }
        catch
        {
            _requests.Topic = null; // Refused or given up: the next question tries again.
            throw;
        }
        finally
        {
            _requests.Subscribing.Release();
        }

        return topic;
    }
}
