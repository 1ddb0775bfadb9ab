namespace CleanStreets.Mqtt.Client;

/// <summary>The keep-alive: notices a link that is dead and does not say so.</summary>
internal sealed partial class ClientLink
{
    /// <summary>How often it looks within an interval.</summary>
    private const int Looks = 8;

    private long _lastReceived;
    private long _lastSent;
    private long _pingSentAt;
    private bool _isReadingPaused;

    /// <summary>Asks for a sign of life when half the interval passed without one, and gives up when the other half passes too.</summary>
    /// <remarks>
    /// Not only the time counts, but how often it has looked: when this machine has stood still (a paused virtual machine, a laptop's lid), the answer
    /// may have come meanwhile and not have been read yet.
    /// </remarks>
    private async Task KeepAliveAsync()
    {
        if (Grant.KeepAlive <= TimeSpan.Zero)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, _ending.Token);
        }

        var half = Grant.KeepAlive / 2;
        var looksSincePing = 0;
        while (true)
        {
            await Task.Delay(Grant.KeepAlive / Looks, _time, _ending.Token);
            var pingSentAt = Volatile.Read(ref _pingSentAt);
            if (Volatile.Read(ref _isReadingPaused))
            {
                pingSentAt = 0;
            }

            if (pingSentAt != 0)
            {
                if (++looksSincePing >= Looks / 2 && _time.GetElapsedTime(pingSentAt) >= half)
                {
                    throw new MqttLinkLostException($"No answer to a ping within {half.TotalSeconds:0.#} s: the link is half open.", MqttReasonCode.KeepAliveTimeout);
                }
            }
            else if (_time.GetElapsedTime(Volatile.Read(ref _lastReceived)) >= half || _time.GetElapsedTime(Volatile.Read(ref _lastSent)) >= half)
            {
                // Where there is no room for a ping, the server takes nothing: that is judged like a ping without an answer.
                looksSincePing = 0;
                Volatile.Write(ref _pingSentAt, _time.GetTimestamp());
                _control.Writer.TryWrite(new OutgoingPing());
                Wake();
            }
        }
    }
}
