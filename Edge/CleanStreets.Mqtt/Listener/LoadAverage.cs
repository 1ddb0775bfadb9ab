namespace CleanStreets.Mqtt.Listener;

/// <summary>How fast a counter rises, per minute, averaged with a weight that fades over <paramref name="window"/>, as Unix counts its load.</summary>
internal sealed class LoadAverage(TimeSpan window, Func<long> read)
{
    private long _before;

    public double PerMinute { get; private set; }

    /// <summary>Takes in what has happened during the last <paramref name="elapsed"/>.</summary>
    public void Advance(TimeSpan elapsed)
    {
        var now = read();
        var rate = (now - _before) / elapsed.TotalMinutes;
        var kept = Math.Exp(-elapsed / window);
        PerMinute = rate + (kept * (PerMinute - rate));
        _before = now;
    }
}
