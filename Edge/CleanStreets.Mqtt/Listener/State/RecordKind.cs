namespace CleanStreets.Mqtt.Listener.State;

/// <summary>What a record of the state log says; the values are on disk.</summary>
internal enum RecordKind : byte
{
    /// <summary>A message gets a number: number, topic, payload, properties, QoS, retain, expiry, arrival (UTC ms).</summary>
    Message = 1,

    /// <summary>A numbered message is its topic's retained one.</summary>
    Retain = 2,

    /// <summary>A topic has no retained message any more.</summary>
    ClearRetained = 3,

    /// <summary>A session as it is now: number, client identifier, expiry, end (UTC ms; 0 while its client is there),
    /// user name it was made under (0 unknown, 1 none, 2 the text that follows). Earlier versions wrote no user name.</summary>
    Session = 4,

    /// <summary>A session has ended.</summary>
    EndSession = 5,

    /// <summary>A session subscribes: filter, options, identifier.</summary>
    Subscribe = 6,

    /// <summary>A session no longer subscribes a filter.</summary>
    Unsubscribe = 7,

    /// <summary>A numbered message waits for a session: entry, message, QoS, retain, counted bytes, subscription identifiers.</summary>
    Queue = 8,

    /// <summary>An entry has been given a packet identifier.</summary>
    Sent = 9,

    /// <summary>The client has an entry of QoS 2 and waits for PUBREL.</summary>
    Received = 10,

    /// <summary>An entry is done with: acknowledged, expired or too large.</summary>
    Finish = 11,

    /// <summary>A packet identifier of the client's own QoS 2 publish is in use.</summary>
    AwaitRelease = 12,

    /// <summary>It is free again.</summary>
    Release = 13,
}
