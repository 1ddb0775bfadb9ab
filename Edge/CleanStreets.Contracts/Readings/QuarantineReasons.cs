namespace CleanStreets.Contracts.Readings;

/// <summary>The words of each <see cref="QuarantineReason"/>.</summary>
public static class QuarantineReasons
{
    /// <summary>A short lower-case tag for metrics and APIs.</summary>
    public static string Tag(this QuarantineReason reason) => Describe(reason).Tag;

    /// <summary>One sentence for people: what was wrong and what to do on the truck.</summary>
    public static string Message(this QuarantineReason reason) => Describe(reason).Message;

    /// <summary>Whether the reason concerns a message as a whole, which then counts as one.</summary>
    public static bool IsOfMessage(this QuarantineReason reason) => (byte)reason is >= 1 and < 64;

    private static (string Tag, string Message) Describe(QuarantineReason reason) => reason switch
    {
        QuarantineReason.None => ("none", "Not quarantined."),
        QuarantineReason.Empty => ("empty", "The message has no payload: send a batch of readings."),
        QuarantineReason.MalformedJson => ("malformed_json", "The payload begins with '{' and is not well-formed JSON: check how the box writes it."),
        QuarantineReason.MalformedProtobuf => ("malformed_protobuf", "The payload is neither JSON nor a well-formed Protobuf batch: check the encoder against readings.proto."),
        QuarantineReason.ContentTypeMismatch => ("content_type_mismatch", "The content type says one format and the payload is the other."),
        QuarantineReason.TruckIdInvalid => ("truck_id_invalid", "truckId is missing or is not 1 to 64 of letters, digits, '.', '_', '-'."),
        QuarantineReason.TruckIdNotTopic => ("truck_id_not_topic", "The batch names another truck than the topic it came on."),
        QuarantineReason.SessionIdInvalid => ("session_id_invalid", "sessionId is missing or is not 1 to 64 of letters, digits, '.', '_', '-'."),
        QuarantineReason.FirstSequenceInvalid => ("first_sequence_invalid", "firstSequence is missing or is not a whole number of at least 1."),
        QuarantineReason.ReadingsMissing => ("readings_missing", "The batch has no readings."),
        QuarantineReason.TooManyReadings => ("too_many_readings", "The batch carries more readings than one message may: send smaller batches."),
        QuarantineReason.Oversized => ("oversized", "The message is larger than the readings limit: send smaller batches. Only its beginning was kept."),
        QuarantineReason.MalformedFact => ("malformed_fact", "The message on the facts topic is not a fact."),
        QuarantineReason.EventMalformed => ("event_malformed", "The event is neither a CloudEvent 1.0 nor of Event Grid's schema, or its data cannot be read."),
        QuarantineReason.ReadingMalformed => ("reading_malformed", "The reading is not an object."),
        QuarantineReason.CapturedAtMissing => ("captured_at_missing", "The reading does not say when it was captured."),
        QuarantineReason.CapturedAtInvalid => ("captured_at_invalid", "capturedAt is not an ISO 8601 time with a zone, or lies before 1970 once the truck's clock is corrected by sentAt."),
        QuarantineReason.CapturedAtInFuture => ("captured_at_in_future", "The reading was captured more than a day after it arrived: check the clock of the box."),
        QuarantineReason.PositionMissing => ("position_missing", "The reading has no latitude or no longitude."),
        QuarantineReason.PositionOutOfRange => ("position_out_of_range", "The position is not on this planet: latitude within ±90, longitude within ±180 degrees."),
        QuarantineReason.WrongType => ("wrong_type", "A field of the reading has the wrong type."),
        QuarantineReason.ValueOutOfRange => ("value_out_of_range", "A number of the reading lies outside its range."),
        QuarantineReason.DetectionInvalid => ("detection_invalid", "A detection has no kind, a count below 1 or a confidence outside 0 to 1."),
        QuarantineReason.WindowExceeded => ("window_exceeded", "The truck has more open sessions, or the session more holes, than admission remembers."),
        QuarantineReason.BoxNotAssigned => ("box_not_assigned", "By the registry of boxes, the box that took this reading did not sit on this truck then: assign it, with the time since when, or name the right truck."),
        QuarantineReason.MayBeRepeat => ("may_be_repeat", "It may have been counted before: its truck had to give up its place among those that are known, and what was counted of it then is not known any more. Release it when it was not."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "A reason without words."),
    };
}
