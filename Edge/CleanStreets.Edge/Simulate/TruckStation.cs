using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Simulate;

/// <summary>The sending half of a truck's box: its sessions on the spool, its link, and, for recorded trucks, where it is.</summary>
internal sealed class TruckStation : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Buffers.ArrayBufferWriter<byte> _encoded = new(256);
    private readonly ReadingFormat _format;
    private TruckPosition? _position;

    public TruckStation(LiveLane lane, ReadingFormat format, Func<TruckStation, TruckLink> link)
    {
        (Lane, _format) = (lane, format);
        Link = link(this);
        Sending = Task.Run(() => Link.RunAsync(_stop.Token));
    }

    public TruckId TruckId => Lane.TruckId;

    /// <summary>Where its readings go.</summary>
    public LiveLane Lane { get; }

    /// <summary>The session of now.</summary>
    public SpoolSession Live => Lane.Current;

    public TruckLink Link { get; }

    /// <summary>Ends when the truck was stopped; faults when sending broke.</summary>
    public Task Sending { get; }

    /// <summary>Where the truck is now. Any thread.</summary>
    public TruckPosition? Position => Volatile.Read(ref _position);

    /// <summary>Spools a reading and moves the truck.</summary>
    public ValueTask TakeAsync(in Reading reading, ReadOnlySpan<Detection> detections)
    {
        _encoded.ResetWrittenCount();
        ReadingEncoder.WriteReading(_encoded, _format, in reading, detections, default);
        Volatile.Write(ref _position, new TruckPosition(Math.Round(reading.Latitude, 7), Math.Round(reading.Longitude, 7), Known(reading.HeadingDegrees), Known(reading.SpeedMetresPerSecond)));
        return Lane.AppendAsync(_format, reading.CapturedAtMs, _encoded.WrittenSpan.ToArray());
    }

    /// <summary>Says good-bye and closes the link.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Link.DisposeAsync();
        _stop.Dispose();
    }

    private static double? Known(float value) => float.IsNaN(value) ? null : Math.Round(value, 1);
}
