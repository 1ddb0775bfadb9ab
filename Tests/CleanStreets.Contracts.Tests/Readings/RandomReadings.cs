using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

/// <summary>Batches of random readings within the contract, from a seed.</summary>
internal sealed class RandomReadings(int seed)
{
    private static readonly string[] Names = ["loose_litter", "weeds", "bulky_item", "pile", "leaves", "überfüllt", "мусор"];
    private readonly Random _random = new(seed);

    public Random Random => _random;

    public BatchEnvelope Envelope() => new()
    {
        TruckId = TruckId.Parse($"truck-{_random.Next(100):D3}"),
        SessionId = SessionId.Parse($"b{_random.Next(10)}-{_random.Next(1000):D4}"),
        FirstSequence = _random.NextInt64(1, 1L << 40),
        OldestSequence = Maybe(0L, _random.NextInt64(1, 1L << 30)),
        SentAtMs = Maybe(0L, Time()),
        DeviceId = Maybe(null, "box-8831"),
        CameraId = Maybe(null, "curb-right"),
        ModelVersion = Maybe(null, "litter-7.2"),
        CalibrationId = Maybe(null, "c-19 \"é\""),
        IsTrial = Maybe(false, true),
    };

    public ReadingBuffer Buffer()
    {
        var buffer = new ReadingBuffer();
        for (var i = _random.Next(1, 30); i > 0; i--)
        {
            var detections = Enumerable.Range(0, _random.Next(4)).Select(_ => Detection()).ToArray();
            var sensors = Enumerable.Range(0, _random.Next(3)).Select(n => new SensorValue($"s{n}_unit", _random.NextDouble() * 1e6)).ToArray();
            buffer.Add(Reading(), detections, sensors);
        }

        return buffer;
    }

    private Reading Reading() => new()
    {
        CapturedAtMs = Time(),
        LatitudeE7 = _random.Next(-900_000_000, 900_000_001),
        LongitudeE7 = _random.Next(-1_800_000_000, 1_800_000_001),
        AccuracyMetres = Maybe(float.NaN, _random.NextSingle() * 100),
        HeadingDegrees = Maybe(float.NaN, _random.NextSingle() * 359),
        SpeedMetresPerSecond = Maybe(float.NaN, _random.NextSingle() * 40),
        Coverage = Maybe(1, _random.NextSingle()),
        Light = (Light)_random.Next(5),
        VisibleLeftSquareMetres = Maybe(float.NaN, _random.NextSingle() * 200),
        VisibleRightSquareMetres = Maybe(float.NaN, _random.NextSingle() * 200),
    };

    private Detection Detection() => new(
        Names[_random.Next(Names.Length)],
        _random.Next(1, 100),
        Maybe(float.NaN, _random.NextSingle()),
        (Side)_random.Next(3),
        Maybe(float.NaN, (_random.NextSingle() * 100) - 50),
        Maybe(0, _random.Next(int.MinValue, int.MaxValue)),
        Maybe(null, $"e-{_random.Next()}"));

    private long Time() => _random.NextInt64(1, 4_000_000_000_000);

    private T Maybe<T>(T absent, T value) => _random.Next(3) == 0 ? absent : value;
}
