using System.Threading.Channels;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Reads a channel and can also wait a limited time for more, without cancelling anything.</summary>
/// <remarks>
/// A cancelled read on a bounded channel loses items on .NET 10 (dotnet/runtime#132094). Here a wait that ran out of time stays
/// pending and is taken up again by the next call.
/// </remarks>
internal sealed class LingeringReader<T>(ChannelReader<T> reader)
{
    private Task<bool>? _pending;

    public bool TryRead(out T item) => reader.TryRead(out item!);

    /// <summary>Waits for an item; false when the channel has ended.</summary>
    public async ValueTask<bool> WaitToReadAsync()
    {
        var pending = _pending;
        _pending = null;
        return pending is null ? await reader.WaitToReadAsync() : await pending;
    }

    /// <summary>Waits for an item until <paramref name="deadline"/> completes; false when it did, or when the channel has ended.</summary>
    public async ValueTask<bool> WaitToReadAsync(Task deadline)
    {
        if (_pending is null)
        {
            var wait = reader.WaitToReadAsync();
            if (wait.IsCompletedSuccessfully)
            {
                return wait.Result;
            }

            _pending = wait.AsTask();
        }

        return await Task.WhenAny(_pending, deadline) == _pending && await WaitToReadAsync();
    }
}
