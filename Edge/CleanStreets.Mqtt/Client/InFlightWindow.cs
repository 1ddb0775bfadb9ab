using System.Threading.Channels;

namespace CleanStreets.Mqtt.Client;

/// <summary>The publishes that wait for their PUBACK. Taking an identifier awaits room; that is the whole bound.</summary>
/// <remarks>Free identifiers lie in a channel and each taken one owns a place, so publishers and the reading loop meet without a lock of ours.</remarks>
internal sealed class InFlightWindow
{
    private readonly Channel<ushort> _free = Channel.CreateUnbounded<ushort>();
    private readonly TaskCompletionSource<MqttReasonCode>?[] _waiting;
    private MqttLinkLostException? _lost;

    public InFlightWindow(int size)
    {
        _waiting = new TaskCompletionSource<MqttReasonCode>?[size + 1];
        for (var id = 1; id <= size; id++)
        {
            _free.Writer.TryWrite((ushort)id);
        }
    }

    /// <summary>Takes an identifier as soon as one is free.</summary>
    /// <exception cref="MqttLinkLostException">The link has ended.</exception>
    public async ValueTask<ushort> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _free.Reader.WaitToReadAsync(cancellationToken))
        {
            if (Volatile.Read(ref _lost) is { } lost)
            {
                throw lost; // Free identifiers may be left in the channel: it says "read" for ever.
            }

            if (_free.Reader.TryRead(out var id))
            {
                return id;
            }
        }

        throw Volatile.Read(ref _lost) ?? new MqttLinkLostException();
    }

    /// <summary>Says who waits for the identifier's PUBACK.</summary>
    public Task<MqttReasonCode> Expect(ushort id)
    {
        var waiting = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _waiting[id], waiting);
        if (Volatile.Read(ref _lost) is { } lost)
        {
            waiting.TrySetException(lost); // The link ended between taking and expecting.
        }

        return waiting.Task;
    }

    /// <summary>The PUBACK has come; false when nobody waits for it.</summary>
    public bool Complete(ushort id, MqttReasonCode code)
    {
        if (id >= _waiting.Length || Interlocked.Exchange(ref _waiting[id], null) is not { } waiting)
        {
            return false;
        }

        _free.Writer.TryWrite(id);
        return waiting.TrySetResult(code);
    }

    /// <summary>The link has ended: everybody who waits hears it.</summary>
    public void Fail(MqttLinkLostException lost)
    {
        Volatile.Write(ref _lost, lost);
        _free.Writer.TryComplete();
        for (var id = 1; id < _waiting.Length; id++)
        {
            Interlocked.Exchange(ref _waiting[id], null)?.TrySetException(lost);
        }
    }
}
