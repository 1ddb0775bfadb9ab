using System.Threading.Channels;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Brings corrected batches into the pipeline, as one more way in.</summary>
internal sealed class ReleaseReceiver(BatchFiller batches)
{
    private const int Waiting = 512;

    private readonly Channel<ReleaseTicket> _tickets = StageLoop.Queue<ReleaseTicket>(Waiting, singleWriter: false);

    /// <summary>False when too many wait.</summary>
    public bool TryTake(ReleaseTicket ticket) => _tickets.Writer.TryWrite(ticket);

    public void Complete() => _tickets.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (await _tickets.Reader.WaitToReadAsync())
        {
            while (_tickets.Reader.TryRead(out var ticket))
            {
                while (!batches.TryAdd(MessageKind.Readings, ticket.Truck, contentType: [], ticket.Payload))
                {
                    await batches.WaitForRoomAsync();
                }

                batches.AddRelease(ticket);
            }

            batches.HandOver();
        }
    }
}
