namespace CleanStreets.Mqtt.Client;

/// <summary>The keep-alive: notices a link that is dead and does not say so.</summary>
internal sealed partial class ClientLink
{
    private long _lastReceived;
    private long _lastSent;
    private long _pingSentAt;
    private bool _isReadingPaused;

    /// <summary>Asks for a sign of life when half the interval passed without one, and gives up when the other half passes too.</summary>
    private async Task KeepAliveAsync()
    {
        if (Grant.KeepAlive <= TimeSpan.Zero)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _ending.Token);
        }

        var half = Grant.KeepAlive / 2;
        while (true)
        {
            await Task.Delay(Grant.KeepAlive / 8, _time, _ending.Token);
            var pingSentAt = Volatile.Read(ref _pingSentAt);
            if (Volatile.Read(ref _isReadingPaused))
            {
                pingSentAt = 0;
            }

            if (pingSentAt != 0)
            {
                if (_time.GetElapsedTime(pingSentAt) >= half)
                {
                    throw new MqttLinkLostException($"No answer to a ping within {half.TotalSeconds:0.#} s: the link is half open.", MqttReasonCode.KeepAliveTimeout);
                }
            }
            else if (_time.GetElapsedTime(Volatile.Read(ref _lastReceived)) >= half || _time.GetElapsedTime(Volatile.Read(ref _lastSent)) >= half)
            {
                // Where there is no room for a ping, the server takes nothing: that is judged like a ping without an answer.
                Volatile.Write(ref _pingSentAt, _time.GetTimestamp());
                _control.Writer.TryWrite(new OutgoingPing());
                Wake();
            }
        }
    }
}
