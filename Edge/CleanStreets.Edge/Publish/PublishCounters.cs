namespace CleanStreets.Edge.Publish;

/// <summary>What the trucks of this program have sent. Any thread.</summary>
internal sealed class PublishCounters
{
    private long _sent;
    private long _setAside;

    /// <summary>Readings the server took, repeats included.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Readings set aside.</summary>
    public long SetAside => Volatile.Read(ref _setAside);

    public void AddSent(int readings) => Interlocked.Add(ref _sent, readings);

    public void AddSetAside() => Interlocked.Increment(ref _setAside);
}
