using System.Text;
using System.Threading.Channels;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>Copies the events of HTTP requests into batches, in one loop, so that many small requests share a batch and its fsync.</summary>
/// <remarks>It can wait for a free batch; while it does, requests pile up to their bound and the next is told to come back.</remarks>
internal sealed class EventReceiver(BatchFiller batches, EventsOptions options)
{
    /// <summary>Bytes kept of a device's name: longer than any truck id, so that one that is too long stays too long.</summary>
    private const int DeviceBytes = 256;

    private readonly Channel<EventRequest> _requests = StageLoop.Queue<EventRequest>(options.MaxRequests, singleWriter: false);
    private readonly byte[] _contentType = new byte[DeviceBytes];
    private readonly byte[] _device = new byte[DeviceBytes];
    private volatile bool _open;

    /// <summary>Requests are taken; before, admission is not complete.</summary>
    public bool IsOpen => _open;

    /// <summary>Requests that wait to be copied.</summary>
    public int Waiting => _requests.Reader.Count;

    public void Open() => _open = true;

    /// <summary>Takes a request over, which from now on belongs to the receiver; false when too many wait.</summary>
    public bool TryTake(EventRequest request) => _requests.Writer.TryWrite(request);

    /// <summary>Nothing more will come; <see cref="RunAsync"/> ends when everything is handed over.</summary>
    public void Complete()
    {
        _open = false;
        _requests.Writer.TryComplete();
    }

    public async Task RunAsync()
    {
        while (await _requests.Reader.WaitToReadAsync())
        {
            while (_requests.Reader.TryRead(out var request))
            {
                using (request)
                {
                    await CopyAsync(request);
                }

                request.Settled();
            }

            batches.HandOver();
        }
    }

    private async ValueTask CopyAsync(EventRequest request)
    {
        for (var i = 0; i < request.Events.Count; i++)
        {
            while (!TryAdd(request.Events[i]))
            {
                await batches.WaitForRoomAsync();
            }

            batches.AddReceipt(request);
        }
    }

    private bool TryAdd(in ReceivedEvent item) => batches.TryAdd(
        MessageKind.Readings, Ascii(item.Device, _device), Ascii(item.ContentType, _contentType), item.Payload, item.Reason);

    // Anything beyond ASCII becomes '?', which no identifier holds and no content type is.
    private static ReadOnlySpan<byte> Ascii(string text, byte[] into) =>
        into.AsSpan(0, Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, into.Length)), into));
}
