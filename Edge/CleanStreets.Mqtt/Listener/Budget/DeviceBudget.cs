namespace CleanStreets.Mqtt.Listener.Budget;

/// <summary>What is left of one device's budget. Owned by the loop.</summary>
/// <param name="limits">The limits.</param>
/// <param name="name">The device, by a name that was proven; null: one connection whose peer has proven none.</param>
/// <param name="nowMs">The loop's clock.</param>
internal sealed class DeviceBudget(MqttSendingBudget limits, string? name, long nowMs)
{
    private TokenBucket _bytes = new(limits.BytesPerSecond, limits.BurstBytes);
    private TokenBucket _messages = new(limits.MessagesPerSecond, limits.BurstMessages);
    private long _filledAtMs = nowMs;
    private bool _isTold;
    private long _lastHeldMs;

    public string? Name => name;

    /// <summary>Its connections.</summary>
    public int Connections { get; set; }

    public bool HasSome => _bytes.HasSome && _messages.HasSome;

    /// <summary>Whether forgetting it changes nothing.</summary>
    public bool IsFull(long nowMs)
    {
        Fill(nowMs);
        return _bytes.IsFull && _messages.IsFull;
    }

    public void TakeBytes(int count, long nowMs)
    {
        Fill(nowMs);
        _bytes.Take(count);
    }

    public void TakeMessage() => _messages.Take(1);

    /// <summary>Milliseconds until it may go on; 0: now.</summary>
    public long WaitMs(long nowMs)
    {
        Fill(nowMs);
        return Math.Max(_bytes.WaitMs, _messages.WaitMs);
    }

    /// <summary>It has been held; true when that begins an episode, which ends after a time without.</summary>
    public bool BeginsEpisode(long nowMs, long quietMs)
    {
        var begins = !_isTold || nowMs - _lastHeldMs >= quietMs;
        (_isTold, _lastHeldMs) = (true, nowMs);
        return begins;
    }

    private void Fill(long nowMs)
    {
        if (nowMs != _filledAtMs)
        {
            _bytes.Fill(nowMs - _filledAtMs);
            _messages.Fill(nowMs - _filledAtMs);
            _filledAtMs = nowMs;
        }
    }
}
