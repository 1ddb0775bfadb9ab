namespace CleanStreets.Contracts.Readings;

/// <summary>What a batch says once for all its readings.</summary>
public readonly record struct BatchEnvelope
{
    /// <summary>The truck.</summary>
    public required TruckId TruckId { get; init; }

    /// <summary>The session of the truck's spool.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>Sequence of the first reading; sequences of a session start at 1.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>What lies below is gone from the truck and does not hold the stored mark; 0 when not sent.</summary>
    public long OldestSequence { get; init; }

    /// <summary>When the truck sent the batch, milliseconds since 1970 UTC by its own clock; 0 when not sent.</summary>
    public long SentAtMs { get; init; }

    /// <summary>The box on the truck.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The camera.</summary>
    public string? CameraId { get; init; }

    /// <summary>Version of the detection model.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The camera's calibration.</summary>
    public string? CalibrationId { get; init; }

    /// <summary>
    /// The session holds what a detector on trial found on frames that the truck's own detector looked at, too: it is compared with that one and is no
    /// evidence. Said in every batch of the session.
    /// </summary>
    public bool IsTrial { get; init; }
}
