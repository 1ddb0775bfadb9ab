using System.Runtime.InteropServices;

namespace CleanStreets.Contracts.Readings;

/// <summary>Readings in memory with their detections and sensor values, in three flat lists that keep their memory when cleared.</summary>
/// <remarks>Not safe for concurrent use: one owner at a time.</remarks>
public sealed class ReadingBuffer
{
    private readonly List<Reading> _readings = [];
    private readonly List<Detection> _detections = [];
    private readonly List<SensorValue> _sensors = [];

    /// <summary>The readings. The span is void after the next change of the buffer.</summary>
    public Span<Reading> Readings => CollectionsMarshal.AsSpan(_readings);

    /// <summary>Number of readings.</summary>
    public int Count => _readings.Count;

    /// <summary>Number of detections of all readings.</summary>
    public int DetectionCount => _detections.Count;

    /// <summary>Number of sensor values of all readings.</summary>
    public int SensorCount => _sensors.Count;

    /// <summary>The detections of <paramref name="reading"/>. The span is void after the next change of the buffer.</summary>
    public ReadOnlySpan<Detection> DetectionsOf(in Reading reading) =>
        CollectionsMarshal.AsSpan(_detections).Slice(reading.DetectionStart, reading.DetectionCount);

    /// <summary>The sensor values of <paramref name="reading"/>. The span is void after the next change of the buffer.</summary>
    public ReadOnlySpan<SensorValue> SensorsOf(in Reading reading) =>
        CollectionsMarshal.AsSpan(_sensors).Slice(reading.SensorStart, reading.SensorCount);

    /// <summary>Adds a reading as it stands: its starts and counts must already point into this buffer.</summary>
    public void Add(in Reading reading) => _readings.Add(reading);

    /// <summary>Adds a reading together with what belongs to it; starts and counts are set here.</summary>
    public void Add(in Reading reading, ReadOnlySpan<Detection> detections, ReadOnlySpan<SensorValue> sensors = default)
    {
        var placed = reading with
        {
            DetectionStart = _detections.Count,
            DetectionCount = detections.Length,
            SensorStart = _sensors.Count,
            SensorCount = sensors.Length,
        };
        _detections.AddRange(detections);
        _sensors.AddRange(sensors);
        _readings.Add(placed);
    }

    /// <summary>Adds a detection; for decoders, which then add the reading that points at it.</summary>
    public void AddDetection(in Detection detection) => _detections.Add(detection);

    /// <summary>Adds a sensor value; for decoders, which then add the reading that points at it.</summary>
    public void AddSensor(in SensorValue sensor) => _sensors.Add(sensor);

    /// <summary>Cuts the buffer back to earlier counts: a decoder gives back what a faulty message had added.</summary>
    public void Truncate(int readings, int detections, int sensors)
    {
        Cut(_readings, readings);
        Cut(_detections, detections);
        Cut(_sensors, sensors);
    }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear() => Truncate(0, 0, 0);

    private static void Cut<T>(List<T> list, int count)
    {
        if (list.Count != count)
        {
            CollectionsMarshal.SetCount(list, count);
        }
    }
}
