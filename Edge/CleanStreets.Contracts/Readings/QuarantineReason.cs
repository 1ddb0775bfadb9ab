namespace CleanStreets.Contracts.Readings;

/// <summary>Why a message, or one reading of it, was quarantined. Numbers are kept in the journal: never reuse one.</summary>
public enum QuarantineReason : byte
{
    /// <summary>Not quarantined.</summary>
    None = 0,

    // 1–63: the message as a whole; it counts as one.

    /// <summary>The payload is empty.</summary>
    Empty = 1,

    /// <summary>The payload begins like JSON and is not well-formed.</summary>
    MalformedJson = 2,

    /// <summary>The payload is not a well-formed Protobuf batch.</summary>
    MalformedProtobuf = 3,

    /// <summary>The MQTT 5 content type and the payload's first byte disagree.</summary>
    ContentTypeMismatch = 4,

    /// <summary>No truckId, or one that breaks the identifier rule.</summary>
    TruckIdInvalid = 5,

    /// <summary>The batch names another truck than its topic.</summary>
    TruckIdNotTopic = 6,

    /// <summary>No sessionId, or one that breaks the identifier rule.</summary>
    SessionIdInvalid = 7,

    /// <summary>No firstSequence, or one below 1 or too large.</summary>
    FirstSequenceInvalid = 8,

    /// <summary>No list of readings, or an empty one.</summary>
    ReadingsMissing = 9,

    /// <summary>More readings than one batch may carry.</summary>
    TooManyReadings = 10,

    /// <summary>Larger than the readings limit: only the first 4 KB were kept.</summary>
    Oversized = 11,

    /// <summary>Not a well-formed fact.</summary>
    MalformedFact = 12,

    /// <summary>An event that came over HTTP is none: neither a CloudEvent nor of Event Grid's schema, or without readable data.</summary>
    EventMalformed = 13,

    // 64–127: one reading; the others of its batch are not touched.

    /// <summary>The reading is not an object.</summary>
    ReadingMalformed = 64,

    /// <summary>No capturedAt.</summary>
    CapturedAtMissing = 65,

    /// <summary>capturedAt is not an ISO 8601 time with zone, or lies before 1970 once the truck's clock is corrected.</summary>
    CapturedAtInvalid = 66,

    /// <summary>capturedAt lies more than a day ahead of receipt.</summary>
    CapturedAtInFuture = 67,

    /// <summary>No latitude or no longitude.</summary>
    PositionMissing = 68,

    /// <summary>Latitude beyond ±90 or longitude beyond ±180 degrees.</summary>
    PositionOutOfRange = 69,

    /// <summary>A known field has the wrong JSON type or wire type.</summary>
    WrongType = 70,

    /// <summary>A known number lies outside its range (coverage, heading, speed, accuracy, area).</summary>
    ValueOutOfRange = 71,

    /// <summary>A detection without kind, with a count below 1 or a confidence outside 0–1.</summary>
    DetectionInvalid = 72,

    // 128–: admission.

    /// <summary>More sessions of one truck, or more holes in one session, than admission remembers.</summary>
    WindowExceeded = 128,

    /// <summary>The box did not sit on the truck when the reading was captured.</summary>
    BoxNotAssigned = 129,

    /// <summary>It may have been counted before its truck gave up its place, and that is not known any more.</summary>
    MayBeRepeat = 130,
}
