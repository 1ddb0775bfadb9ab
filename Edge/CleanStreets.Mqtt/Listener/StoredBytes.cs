namespace CleanStreets.Mqtt.Listener;

/// <summary>Bytes of all messages that outlive their packet: retained, wills, waiting for a subscriber. Owned by the loop.</summary>
/// <remarks>
/// Each holder counts a message in full, although many may share it: what strangers can make the listener hold is bounded, whatever it really costs.
/// Messages that wait may use three quarters, so that subscribers who stay away leave room for retained messages and wills; clients' retained messages
/// and wills seven eighths, so that there is room for the host's.
/// </remarks>
internal sealed class StoredBytes(long most)
{
    public long Used { get; private set; }

    public bool HasRoomFor(long bytes, bool isHost) => Used + bytes <= (isHost ? most : most - (most / 8));

    public bool HasRoomToWait(long bytes) => Used + bytes <= most / 4 * 3;

    public void Change(long by) => Used += by;

    /// <summary>A place that held one message holds another, or none.</summary>
    public void Replace(StoredMessage? was, StoredMessage? now) => Used += (now?.Bytes ?? 0) - (was?.Bytes ?? 0);
}
