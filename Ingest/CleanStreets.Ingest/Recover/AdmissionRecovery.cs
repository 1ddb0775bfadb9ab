using CleanStreets.Ingest.Acknowledge;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;

namespace CleanStreets.Ingest.Recover;

/// <summary>Admission as it was before the stop, and the marks that trucks are to see again.</summary>
internal static class AdmissionRecovery
{
    /// <param name="recovery">Where snapshot and journal are read.</param>
    /// <param name="quarantine">Is filled with what was quarantined.</param>
    /// <param name="marks">Gets every session's mark.</param>
    /// <param name="inBroker">Marks are kept by a broker: those of forgotten trucks are cleared there, again if need be.</param>
    /// <param name="logger">Is told what the replay found.</param>
    /// <param name="cancellationToken">The service stops before it has started.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Admission Run(
        StateRecovery recovery, QuarantineLog quarantine, MarkBoard marks, bool inBroker, ILogger logger, CancellationToken cancellationToken)
    {
        var (admission, replay) = recovery.RecoverAdmission(quarantine, cancellationToken);
        if (replay.Unreadable > 0)
        {
            logger.RecordsLeftOut(replay.Unreadable);
        }

        if (admission.BeyondSettings is { } beyond)
        {
            logger.BeyondSettings(beyond);
        }

        var sessions = admission.Sessions.OrderBy(session => session.LastReceivedAtMs).ToList();
        foreach (var session in sessions)
        {
            marks.Set(session.Truck, session.Id, session.StoredThrough);
        }

        if (inBroker)
        {
            // A clear may not have been sent before the stop. Who left last is named first: the board tells the last first.
            foreach (var truck in admission.ForgottenTrucks.Reverse())
            {
                marks.Forget(truck.Id);
            }
        }

        logger.Replayed(replay.Records, sessions.Count);
        return admission;
    }
}
