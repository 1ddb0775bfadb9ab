namespace CleanStreets.Contracts.Readings;

/// <summary>An envelope while its fields arrive, before or after the readings.</summary>
/// <remarks>What is required and wrong condemns the message; what is optional and unreadable counts as not sent.</remarks>
internal struct EnvelopeDraft
{
    public TruckId TruckId { get; set; }

    public SessionId SessionId { get; set; }

    public long FirstSequence { get; set; }

    public long OldestSequence { get; set; }

    public long SentAtMs { get; set; }

    public string? DeviceId { get; set; }

    public string? CameraId { get; set; }

    public string? ModelVersion { get; set; }

    public string? CalibrationId { get; set; }

    public bool IsTrial { get; set; }

    /// <summary>The first rule the message breaks.</summary>
    public readonly QuarantineReason Check(int readings) => this switch
    {
        { TruckId.Value: null } => QuarantineReason.TruckIdInvalid,
        { SessionId.Value: null } => QuarantineReason.SessionIdInvalid,
        { FirstSequence: < 1 or > ReadingLimits.MaxSequence - ReadingLimits.MaxReadingsPerBatch } => QuarantineReason.FirstSequenceInvalid,
        _ when readings == 0 => QuarantineReason.ReadingsMissing,
        _ when readings > ReadingLimits.MaxReadingsPerBatch => QuarantineReason.TooManyReadings,
        _ => QuarantineReason.None,
    };

    public readonly BatchEnvelope ToEnvelope() => new()
    {
        TruckId = TruckId,
        SessionId = SessionId,
        FirstSequence = FirstSequence,
        OldestSequence = OldestSequence is >= 1 and <= ReadingLimits.MaxSequence ? OldestSequence : 0,
        SentAtMs = SentAtMs is >= 0 and <= IsoTime.MaxMs ? SentAtMs : 0,
        DeviceId = DeviceId,
        CameraId = CameraId,
        ModelVersion = ModelVersion,
        CalibrationId = CalibrationId,
        IsTrial = IsTrial,
    };
}
