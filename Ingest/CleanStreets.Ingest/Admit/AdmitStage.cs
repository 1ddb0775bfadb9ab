using System.Text;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>Gives every reading its fate, and on a tick closes the sessions that fell silent.</summary>
internal sealed class AdmitStage(Admission admission, Fates fates, RosterWatch roster, SnapshotKeeper snapshots, AdmissionOptions options, TimeProvider time)
{
    private const int BytesOfTwoIds = 256;

    private readonly StateWriter _state = new();

    public void Admit(IngestBatch batch)
    {
        if (batch.Marker == BatchMarker.Tick)
        {
            CloseIdleSessions(batch);
        }

        fates.CountReceived(batch);
        var (readings, anything) = (0, false);
        foreach (ref var message in batch.Messages)
        {
            admission.Admit(batch, ref message);
            anything |= message.Journalled;
            readings += message.Journalled ? message.ReadingCount : 0;
        }

        roster.Follow(admission);
        if (snapshots.TryBegin(readings, anything) is { } ticket)
        {
            batch.Snapshot = ticket;
            ticket.Save(SnapshotPart.Admission, _state, admission.Save);
        }
    }

    private void CloseIdleSessions(IngestBatch batch)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var idleSince = now - (long)options.SessionIdle.TotalMilliseconds;
        var probationSince = admission.IsCrowded ? Math.Max(idleSince, now - (long)options.ProbationIdle.TotalMilliseconds) : idleSince;
        Span<byte> truck = stackalloc byte[64];

        // Heard last at a time that is still to come: the clock was ahead then. It would not fall silent for as long as that.
        var ahead = now + (long)options.SessionIdle.TotalMilliseconds;
        foreach (var known in admission.Trucks)
        {
            Close(known, known.IsEstablished ? idleSince : probationSince, ahead, now, batch, truck);
        }
    }

    private static void Close(TruckAdmission known, long idleSince, long ahead, long now, IngestBatch batch, Span<byte> truck)
    {
        foreach (var session in known.Sessions)
        {
            // What does not fit waits for the next tick.
            if (session.Closed || (session.LastReceivedAtMs > idleSince && session.LastReceivedAtMs <= ahead) || !batch.HasRoom(BytesOfTwoIds))
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
