using System.Buffers;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision;

namespace CleanStreets.Edge.Run;

/// <summary>Makes readings of fixes, or of what the camera saw, with what the sensors say, and spools them.</summary>
/// <remarks>
/// A reading needs a fix of now and a time that can be true; without either there is none. Fixes and camera never make readings at once: while a camera looks it makes them,
/// and while its loop hangs the fixes do.
/// </remarks>
internal sealed class ReadingMaker(LiveLane lane, ReadingFormat format, PositionKeeper keeper, TruckClock clock, SensorBoard sensors) : IDisposable
{
    /// <summary>Sensor that marks a time which no satellite gave.</summary>
    public const string ClockUnconfirmed = "clock_unconfirmed_flag";

    // A fix a little early is this second's, not an extra one.
    private const double EarlyShare = 0.1;

    private readonly ArrayBufferWriter<byte> _encoded = new(512);
    private readonly List<SensorValue> _values = [];
    private readonly SemaphoreSlim _turn = new(1, 1); // The camera's loop may end while a fix arrives.
    private double _readingsASecond = 1;
    private readonly Func<TimeSpan> _boxClockAhead = () => clock.SystemAhead;
    private long? _due;
    private long _toldThroughMs;
    private long _made;
    private long _fixesWithoutTime;

    /// <summary>Readings a second made of fixes. Any thread.</summary>
    public double ReadingsASecond
    {
        get => Volatile.Read(ref _readingsASecond);
        set => Volatile.Write(ref _readingsASecond, value);
    }

    /// <summary>Whether a camera makes the readings. Any thread.</summary>
    public bool HasCamera { get; set; }

    /// <summary>Whether that camera hangs. Any thread.</summary>
    public Func<bool> IsCameraStuck { get; set; } = () => false;

    /// <summary>Readings spooled since the start.</summary>
    public long Made => Volatile.Read(ref _made);

    /// <summary>Fixes that made no reading because the time was not known.</summary>
    public long FixesWithoutTime => Volatile.Read(ref _fixesWithoutTime);

    /// <summary>Takes what the receiver said.</summary>
    public async ValueTask TakeFixAsync(Fix said)
    {
        var fix = keeper.Take(said);
        if (!fix.HasPosition || (HasCamera && !IsCameraStuck()) || !IsDue())
        {
            return;
        }

        if (fix.GnssTime is null && !clock.IsTrusted)
        {
            Volatile.Write(ref _fixesWithoutTime, _fixesWithoutTime + 1);
            return;
        }

        // Nothing looked: coverage 0, so that no street is claimed to be seen.
        var blind = StreetLook.Blind(Light.Unknown, default) with { LeftSquareMetres = double.NaN, RightSquareMetres = double.NaN };
        var reading = blind.ToReading(fix.GnssTime ?? clock.GetUtcNow(), keeper.Vehicle);
        if (HasCamera)
        {
            Volatile.Write(ref _toldThroughMs, reading.CapturedAtMs);
        }

        await SpoolAsync(reading, [], []);
    }

    /// <summary>Takes what the camera saw.</summary>
    public async ValueTask TakeLookAsync(Reading reading, StreetLook look)
    {
        if (reading.CapturedAtMs <= Interlocked.Exchange(ref _toldThroughMs, 0))
        {
            return; // The frame that hung: that time has been told without it, and readings go forward.
        }

        if (clock.IsTrusted)
        {
            await SpoolAsync(reading, [.. look.Detections], look.Evidence);
        }
        else
        {
            Volatile.Write(ref _fixesWithoutTime, _fixesWithoutTime + 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private bool IsDue()
    {
        var interval = clock.TimestampFrequency / ReadingsASecond;
        var now = clock.GetTimestamp();
        if (_due is { } due && now < due - (EarlyShare * interval) && now > due - (2 * interval))
        {
            return false;
        }

        _due = (long)Math.Max((_due ?? now) + interval, now + (interval * (1 - (2 * EarlyShare))));
        return true;
    }

    private async ValueTask SpoolAsync(Reading reading, Detection[] detections, IReadOnlyList<EvidencePicture> pictures)
    {
        await _turn.WaitAsync();
        try
        {
            _values.Clear();
            sensors.Fill(_values);
            var isConfirmed = clock.IsFromGnss;
            if (!isConfirmed)
            {
                _values.Add(new SensorValue(ClockUnconfirmed, 1));
            }

            _encoded.ResetWrittenCount();
            ReadingEncoder.WriteReading(_encoded, format, in reading, detections, [.. _values]);
            await lane.AppendAsync(format, reading.CapturedAtMs, _encoded.WrittenSpan.ToArray(), pictures, isConfirmed ? null : _boxClockAhead);
            Volatile.Write(ref _made, _made + 1);
        }
        finally
        {
            _turn.Release();
        }
    }
}
