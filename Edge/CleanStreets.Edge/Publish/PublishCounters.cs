namespace CleanStreets.Edge.Publish;

/// <summary>What the trucks of this program have sent. Any thread.</summary>
internal sealed class PublishCounters
{
    private long _sent;
    private long _setAside;
    private int _connected;

    /// <summary>Readings the server took, repeats included.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Readings set aside.</summary>
    public long SetAside => Volatile.Read(ref _setAside);

    /// <summary>Trucks with a link.</summary>
    public int Connected => Volatile.Read(ref _connected);

    public void AddSent(int readings) => Interlocked.Add(ref _sent, readings);

    public void AddSetAside() => Interlocked.Increment(ref _setAside);

    public void Link(bool connected) => Interlocked.Add(ref _connected, connected ? 1 : -1);
}
