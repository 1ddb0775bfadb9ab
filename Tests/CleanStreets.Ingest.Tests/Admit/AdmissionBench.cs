using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Tests.Admit;

/// <summary>Feeds messages to admission one by one, keeps what would be in the journal, and can start anew from that.</summary>
internal sealed class AdmissionBench(AdmissionOptions options)
{
    public const long Now = 1_764_000_000_000;

    private readonly List<(IngestMessage Message, Reading[] Readings, Verdict[] Verdicts)> _journal = [];

    public Admission Admission { get; set; } = new(options);

    public AdmissionAnswer Send(string truck, string session, long first, int count, long oldest = 0, long sentAtMs = 0, long receivedAtMs = Now, string? sender = null, string? device = null, params Reading[] readings)
    {
        var envelope = new BatchEnvelope
        {
            TruckId = TruckId.Parse(truck),
            SessionId = SessionId.Parse(session),
            FirstSequence = first,
            OldestSequence = oldest,
            SentAtMs = sentAtMs,
            DeviceId = device,
        };
        var all = readings.Length > 0 ? readings : Enumerable.Range(0, count).Select(_ => Good(receivedAtMs)).ToArray();
        return Send(new IngestMessage { ReceivedAtMs = receivedAtMs, Envelope = envelope, Sender = sender }, all);
    }

    private AdmissionAnswer Send(IngestMessage sent, Reading[] all)
    {
        var batch = BatchOf(sent, all);
        ref var message = ref batch.Messages[0];
        Admission.Admit(batch, ref message);
        if (message.Journalled)
        {
            _journal.Add((message, all, batch.Verdicts.ToArray()));
        }

        return new AdmissionAnswer(message, batch.Verdicts.ToArray(), batch.Readings.Readings.ToArray());
    }

    /// <summary>What a person lets out of quarantine.</summary>
    public AdmissionAnswer Release(string truck, string session, long first, long receivedAtMs, params Reading[] readings)
    {
        var envelope = new BatchEnvelope { TruckId = TruckId.Parse(truck), SessionId = SessionId.Parse(session), FirstSequence = first };
        var ticket = new ReleaseTicket(envelope.TruckId, envelope.SessionId, new ReleaseHead("d-1", "dora", receivedAtMs, Position: 0, []), []);
        return Send(new IngestMessage { ReceivedAtMs = receivedAtMs, Envelope = envelope, Release = ticket }, readings);
    }

    public void Close(string truck, string session)
    {
        var envelope = new BatchEnvelope { TruckId = TruckId.Parse(truck), SessionId = SessionId.Parse(session), FirstSequence = 0 };
        Admission.Close(envelope.TruckId, envelope.SessionId);
        _journal.Add((new IngestMessage { Kind = MessageKind.SessionClosed, Envelope = envelope }, [], []));
    }

    /// <summary>A new admission, with other settings if there are, that knows what the journal knows.</summary>
    public void Restart(AdmissionOptions? settings = null)
    {
        Admission = new Admission(settings ?? options);
        Restored.Clear();
        foreach (var (message, readings, verdicts) in _journal)
        {
            var batch = BatchOf(message, readings);
            verdicts.CopyTo(batch.Verdicts);
            Admission.Restore(batch, ref batch.Messages[0]);
            Restored.Add(batch.Messages[0]);
        }
    }

    /// <summary>A new admission, with other settings if there are, from what this one saves.</summary>
    public void Reload(AdmissionOptions? settings = null) => Admission = Loaded(Snapshot.RecoveryBench.State(Admission.Save), settings ?? options);

    /// <summary>Admission as it was saved.</summary>
    public static Admission Loaded(StateWriter saved, AdmissionOptions settings)
    {
        var (loaded, texts) = (new Admission(settings), new TextCache(64));
        saved.Read(block =>
        {
            var reader = new StateReader(block.Span, texts);
            while (!reader.IsAtEnd)
            {
                loaded.Load(ref reader);
            }
        });
        return loaded;
    }

    /// <summary>Messages as the last restart hands them on to matching.</summary>
    public List<IngestMessage> Restored { get; } = [];

    public SessionAdmission Session(string truck, string session) =>
        Admission.Sessions.Single(s => s.Truck.Value == truck && s.Id.Value == session);

    public static Reading Good(long capturedAtMs) => new() { CapturedAtMs = capturedAtMs, LatitudeE7 = 1, LongitudeE7 = 1 };

    private static IngestBatch BatchOf(IngestMessage message, Reading[] readings)
    {
        var batch = new IngestBatch(1024);
        foreach (var reading in readings)
        {
            batch.Readings.Add(in reading, []);
        }

        message.ReadingStart = 0;
        message.ReadingCount = readings.Length;
        batch.Add(message, [], [], []);
        batch.ResetVerdicts();
        return batch;
    }
}

internal sealed record AdmissionAnswer(IngestMessage Message, Verdict[] Verdicts, Reading[] Readings)
{
    public int Accepted => Verdicts.Count(v => v.IsAccepted);

    public int Duplicates => Verdicts.Count(v => v.IsDuplicate);

    public IEnumerable<QuarantineReason> Reasons => Verdicts.Where(v => v.IsQuarantined).Select(v => v.Reason);
}
