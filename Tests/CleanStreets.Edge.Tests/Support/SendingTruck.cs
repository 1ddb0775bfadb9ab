using System.Buffers;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>One truck with its real spool and its real link.</summary>
internal sealed class SendingTruck : IAsyncDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private long _nextMs = 1_763_800_000_000;

    private SendingTruck(string folder, int port, string session, Func<PublishOptions, PublishOptions> change, ILoggerFactory loggers, SessionAbout? about)
    {
        var options = change(new PublishOptions { Port = port, SetAsideFolder = Path.Combine(folder, "set-aside"), BatchAge = TimeSpan.FromMilliseconds(40) });
        Spool = FleetSpool.Open(new SpoolOptions { Folder = Path.Combine(folder, "spool") }, TimeProvider.System, NullLogger.Instance);
        Live = Spool.Begin(Truck, SessionId.Parse(session), about);
        var links = new FleetLinks($"127.0.0.1:{port}", TimeProvider.System, loggers.CreateLogger<FleetLinks>());
        Link = new TruckLink(
            Truck, Live, Spool.Leftovers, Spool, () => new TruckPosition(37.8, -122.3, null, null), options, Counters, links, TimeProvider.System, loggers);
        _sending = Task.Run(() => Link.RunAsync(_stop.Token));
    }

    public const string Id = "truck-1";

    public FleetSpool Spool { get; }

    public SpoolSession Live { get; }

    public TruckLink Link { get; }

    public PublishCounters Counters { get; } = new();

    public static SendingTruck Open(
        string folder, int port, string session = "s-1", Func<PublishOptions, PublishOptions>? change = null, ILoggerFactory? loggers = null,
        SessionAbout? about = null) =>
        new(folder, port, session, change ?? (same => same), loggers ?? NullLoggerFactory.Instance, about);

    /// <summary>Takes readings and waits until they are on disk.</summary>
    public async Task TakeAsync(int count)
    {
        var through = Live.CommittedThrough + count;
        var encoded = new ArrayBufferWriter<byte>();
        for (var i = 0; i < count; i++)
        {
            encoded.ResetWrittenCount();
            var reading = new Reading { CapturedAtMs = _nextMs += 1000, LatitudeE7 = 378_000_000, LongitudeE7 = -1_223_000_000 };
            ReadingEncoder.WriteReading(encoded, ReadingFormat.Protobuf, in reading, default, default);
            await Spool.AppendAsync(Live, ReadingFormat.Protobuf, reading.CapturedAtMs, encoded.WrittenSpan.ToArray());
        }

        await Eventually.TrueAsync("the spool committed", () => Live.CommittedThrough == through);
    }

    public Task StoredAsync() => Eventually.TrueAsync("everything is marked as stored", () => Link.Unstored == 0);

    /// <summary>Says good-bye and closes the spool.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        await Link.DisposeAsync();
        await Spool.DisposeAsync();
        _stop.Dispose();
    }
}
