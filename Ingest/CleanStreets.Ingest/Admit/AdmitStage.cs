using System.Text;
using System.Threading.Channels;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Admit;

/// <summary>Gives every reading its fate, and on a tick closes the sessions that fell silent.</summary>
internal sealed class AdmitStage(
    ChannelReader<IngestBatch> input,
    ChannelWriter<IngestBatch> output,
    Admission admission,
    Fates fates,
    AdmissionOptions options,
    TimeProvider time,
    DurationHistogram duration)
{
    private const int BytesOfTwoIds = 256;

    public Task RunAsync() => StageLoop.RunAsync(input, output, duration, Admit);

    private void Admit(IngestBatch batch)
    {
        if (batch.Marker == BatchMarker.Tick)
        {
            CloseIdleSessions(batch);
        }

        fates.CountReceived(batch);
        foreach (ref var message in batch.Messages)
        {
            admission.Admit(batch, ref message);
        }
    }

    private void CloseIdleSessions(IngestBatch batch)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var idleSince = now - (long)options.SessionIdle.TotalMilliseconds;
        Span<byte> truck = stackalloc byte[64];
        foreach (var session in admission.Sessions)
        {
            // What does not fit waits for the next tick.
            if (session.Closed || session.LastReceivedAtMs > idleSince || !batch.HasRoom(BytesOfTwoIds))
            {
                continue;
            }

            session.Closed = true;
            var length = Encoding.ASCII.GetBytes(session.Truck.Value, truck);
            batch.Add(
                new IngestMessage
                {
                    Kind = MessageKind.SessionClosed,
                    ReceivedAtMs = now,
                    Envelope = new BatchEnvelope { TruckId = session.Truck, SessionId = session.Id, FirstSequence = 0 },
                },
                truck[..length],
                contentType: [],
                payload: []);
        }
    }
}
