using System.Threading.Channels;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Brings corrected batches, and changes of the standing mappings, into the pipeline, as one more way in.</summary>
internal sealed class ReleaseReceiver(BatchFiller batches)
{
    private const int Waiting = 512;

    private readonly Channel<IReceipt> _tickets = StageLoop.Queue<IReceipt>(Waiting, singleWriter: false);

    /// <summary>False when too many wait.</summary>
    public bool TryTake(ReleaseTicket ticket) => _tickets.Writer.TryWrite(ticket);

    /// <summary>False when too many wait.</summary>
    public bool TryTake(MappingTicket ticket) => _tickets.Writer.TryWrite(ticket);

    public void Complete() => _tickets.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (await _tickets.Reader.WaitToReadAsync())
        {
            while (_tickets.Reader.TryRead(out var ticket))
            {
                while (!TryAdd(ticket))
                {
                    await batches.WaitForRoomAsync();
                }
            }

            batches.HandOver();
        }
    }

    private bool TryAdd(IReceipt ticket)
    {
        switch (ticket)
        {
            case ReleaseTicket release when batches.TryAdd(MessageKind.Readings, release.Truck, contentType: [], release.Payload):
                batches.AddRelease(release);
                return true;
            case MappingTicket mapping when batches.TryAdd(MessageKind.MappingChange, mapping.Id, contentType: [], mapping.Payload):
                batches.AddMapping(mapping);
                return true;
            default:
                return false;
        }
    }
}
