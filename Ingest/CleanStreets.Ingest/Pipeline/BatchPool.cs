using System.Threading.Channels;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The fixed set of batches that bounds the pipeline's memory, whatever the load or the backlog.</summary>
/// <remarks>When it is empty Receive takes nothing more, the listener stops reading, and the trucks' sockets fill: that is the backpressure.</remarks>
internal sealed class BatchPool
{
    private readonly Channel<IngestBatch> _free;
    private int _starved;
    private volatile TaskCompletionSource? _shut;

    public BatchPool(int batches, int slabBytes, int messages = 0)
    {
        Capacity = batches;
        _free = Channel.CreateBounded<IngestBatch>(new BoundedChannelOptions(batches) { AllowSynchronousContinuations = false });
        for (var i = 0; i < batches; i++)
        {
            _free.Writer.TryWrite(new IngestBatch(slabBytes, messages));
        }
    }

    public int Capacity { get; }

    /// <summary>Batches nobody holds.</summary>
    public int Free => _free.Reader.Count;

    /// <summary>More batches are under way than a pipeline that keeps up has: it holds the one that is filled, one in a commit and one that is matched.</summary>
    public bool IsBehind => Capacity - Free > 3 + (Capacity / 16);

    /// <summary>Called, on the thread that returned a batch, when a batch is there again after <see cref="TryRent"/> had answered false.</summary>
    public Action? RoomAgain { get; set; }

    /// <summary>No batch for what is received until <see cref="Open"/>; the pipeline's own ticks still pass.</summary>
    public void Shut() => _shut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Batches for everybody again.</summary>
    public void Open()
    {
        var shut = _shut;
        _shut = null;
        shut?.SetResult();
        if (Interlocked.Exchange(ref _starved, 0) == 1)
        {
            RoomAgain?.Invoke();
        }
    }

    /// <summary>Takes a batch for the pipeline's own use, if one is free.</summary>
    public bool TryRentForTick(out IngestBatch batch) => _free.Reader.TryRead(out batch!);

    /// <summary>Takes a batch if one is free; otherwise <see cref="RoomAgain"/> will be called.</summary>
    public bool TryRent(out IngestBatch batch)
    {
        if (_shut is null && _free.Reader.TryRead(out batch!))
        {
            return true;
        }

        // Say that we starve, then look again: a batch returned between the two would have told nobody.
        Interlocked.Exchange(ref _starved, 1);
        batch = null!;
        return _shut is null && _free.Reader.TryRead(out batch!);
    }

    /// <summary>Takes a batch, waiting for one; for receivers that may wait.</summary>
    public async ValueTask<IngestBatch> RentAsync()
    {
        while (await _free.Reader.WaitToReadAsync())
        {
            if (_shut is { } shut)
            {
                await shut.Task;
            }
            else if (_free.Reader.TryRead(out var batch))
            {
                return batch;
            }
        }

        throw new InvalidOperationException("The pool never ends.");
    }

    public void Return(IngestBatch batch)
    {
        batch.Clear();
        _free.Writer.TryWrite(batch);
        if (_shut is null && Interlocked.Exchange(ref _starved, 0) == 1)
        {
            RoomAgain?.Invoke();
        }
    }
}
