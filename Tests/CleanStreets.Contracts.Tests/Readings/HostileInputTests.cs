using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Tests.Readings;

public sealed class HostileInputTests(ITestOutputHelper output)
{
    [Fact]
    public void Decoder_never_throws_and_a_refused_message_adds_nothing()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var decoder = new ReadingDecoder();
        var buffer = new ReadingBuffer();
        for (var round = 0; round < 20_000; round++)
        {
            var payload = Payload(random);
            var before = (buffer.Count, buffer.DetectionCount, buffer.SensorCount);
            var reason = Should.NotThrow(() => decoder.Decode(payload, default, buffer, out _), $"seed {seed}, round {round}");
            if (reason != QuarantineReason.None)
            {
                (buffer.Count, buffer.DetectionCount, buffer.SensorCount).ShouldBe(before, $"seed {seed}, round {round}");
            }

            foreach (ref readonly var reading in buffer.Readings)
            {
                buffer.DetectionsOf(in reading);
                buffer.SensorsOf(in reading);
            }

            if (buffer.Count > 500)
            {
                buffer.Clear();
            }
        }
    }

    [Fact]
    public void Decoder_allocates_nothing_for_readings_it_has_seen_the_names_of()
    {
        foreach (var format in Enum.GetValues<ReadingFormat>())
        {
            var buffer = new ReadingBuffer();
            for (var i = 0; i < 100; i++)
            {
                buffer.Add(
                    new Reading { CapturedAtMs = 1_700_000_000_000 + i, LatitudeE7 = 378_000_000 + i, LongitudeE7 = -1_223_000_000 - i, Coverage = 0.7f, Light = Light.Day, SpeedMetresPerSecond = 3.25f },
                    [new Detection(Kinds.LooseLitter, 3, 0.5f, Side.Left), new Detection(Kinds.Weeds, 1)],
                    [new SensorValue("pm10_ug_m3", i)]);
            }

            var envelope = new RandomReadings(1).Envelope() with { CalibrationId = "c-19" };
            var wire = RoundTripTests.Encode(format, envelope, buffer);
            var decoder = new ReadingDecoder();
            var into = new ReadingBuffer();
            Decode(decoder, wire, into, 50);

            // 10,000 readings; the runtime may allocate an odd object of its own while it recompiles what has become hot.
            Enumerable.Range(0, 5).Min(_ => Allocated(() => Decode(decoder, wire, into, 100))).ShouldBeLessThan(200, format.ToString());
        }
    }

    [Fact]
    public void Cache_of_names_stays_bounded_under_ever_new_names()
    {
        var cache = new TextCache(64);
        var weak = new List<WeakReference>();
        Fill(cache, weak);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        weak.Count(w => w.IsAlive).ShouldBeLessThanOrEqualTo(64);
        var kept = cache.Get("same"u8);
        cache.Get("same"u8).ShouldBeSameAs(kept);
        GC.KeepAlive(cache);
    }

    private static void Fill(TextCache cache, List<WeakReference> weak)
    {
        for (var i = 0; i < 10_000; i++)
        {
            weak.Add(new WeakReference(cache.Get(Encoding.UTF8.GetBytes($"name-{i}"))));
        }
    }

    private static long Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Decode(ReadingDecoder decoder, byte[] wire, ReadingBuffer into, int times)
    {
        for (var i = 0; i < times; i++)
        {
            into.Clear();
            decoder.Decode(wire, default, into, out _);
        }
    }

    private static byte[] Payload(Random random)
    {
        if (random.Next(4) == 0)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            return bytes;
        }

        var readings = new RandomReadings(random.Next());
        var wire = RoundTripTests.Encode((ReadingFormat)random.Next(2), readings.Envelope(), readings.Buffer());
        for (var i = random.Next(6); i > 0; i--)
        {
            switch (random.Next(3))
            {
                case 0:
                    wire[random.Next(wire.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    wire = wire[..random.Next(1, wire.Length + 1)];
                    break;
                default:
                    var at = random.Next(wire.Length);
                    wire = [.. wire[..at], .. wire[random.Next(wire.Length)..], .. wire[at..]];
                    break;
            }
        }

        return wire.Length > ReadingLimits.MaxPayloadBytes ? wire[..100] : wire;
    }
}
