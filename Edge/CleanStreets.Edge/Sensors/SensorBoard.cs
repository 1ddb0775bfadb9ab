using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Sensors;

/// <summary>The newest value of every measurement, while it is fresh. Sensors write, the maker of readings reads.</summary>
internal sealed class SensorBoard(TimeProvider time)
{
    private readonly Lock _changing = new(); // Cold: a few values a second.
    private readonly SortedDictionary<string, (double Value, long At, TimeSpan StaleAfter)> _values = new(StringComparer.Ordinal);
    private long _bad;

    /// <summary>Lines that were not understood, since the start.</summary>
    public long BadLines => Volatile.Read(ref _bad);

    /// <summary>Whether wipers or a rain sensor say that it rains: <c>wiper_flag</c> or <c>rain_flag</c>.</summary>
    public bool IsRaining
    {
        get
        {
            lock (_changing)
            {
                return IsOn("wiper_flag") || IsOn("rain_flag");
            }
        }
    }

    /// <summary>Takes a line of a sensor; a bad one is counted and skipped.</summary>
    public void Take(string line, SensorOptions options)
    {
        var read = new List<SensorValue>();
        if (!SensorLine.TryRead(line, options, read))
        {
            Interlocked.Increment(ref _bad);
            return;
        }

        lock (_changing)
        {
            foreach (var value in read)
            {
                if (_values.ContainsKey(value.Name) || _values.Count < ReadingLimits.MaxSensorsPerReading - 1)
                {
                    _values[value.Name] = (value.Value, time.GetTimestamp(), TimeSpan.FromSeconds(options.StaleSeconds));
                }
            }
        }
    }

    /// <summary>Appends what is fresh.</summary>
    public void Fill(List<SensorValue> into)
    {
        lock (_changing)
        {
            foreach (var (name, (value, at, staleAfter)) in _values)
            {
                if (time.GetElapsedTime(at) <= staleAfter)
                {
                    into.Add(new SensorValue(name, value));
                }
            }
        }
    }

    private bool IsOn(string name) => _values.TryGetValue(name, out var kept) && kept.Value > 0 && time.GetElapsedTime(kept.At) <= kept.StaleAfter;
}
