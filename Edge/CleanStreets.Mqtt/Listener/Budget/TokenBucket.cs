namespace CleanStreets.Mqtt.Listener.Budget;

/// <summary>What may be taken at a steady rate, and some at once after a quiet time. More may be taken than is there; the debt is waited out.</summary>
/// <remarks>It counts in thousandths, so that a millisecond at one a second is a whole number and nothing is lost by rounding.</remarks>
/// <param name="perSecond">The rate; 0: no limit.</param>
/// <param name="burst">Most there can be.</param>
internal struct TokenBucket(int perSecond, int burst)
{
    /// <summary>What is worth waking up for: as much as comes in this time.</summary>
    private const int WorthwhileMs = 20;

    private long _left = burst * 1000L;

    /// <summary>Whether something is there.</summary>
    public readonly bool HasSome => _left > 0 || perSecond == 0;

    /// <summary>Whether everything is there that can be.</summary>
    public readonly bool IsFull => _left >= burst * 1000L || perSecond == 0;

    /// <summary>Time has passed.</summary>
    public void Fill(long milliseconds)
    {
        var most = burst * 1000L;
        _left = milliseconds >= (most - _left) / Math.Max(1, perSecond) ? most : _left + (milliseconds * perSecond);
    }

    public void Take(int count) => _left -= count * 1000L;

    /// <summary>Milliseconds until there is enough to go on with.</summary>
    public readonly long WaitMs => perSecond == 0 || _left > 0 ? 0 : Math.Max(WorthwhileMs, ((1000 - _left) / perSecond) + 1);
}
