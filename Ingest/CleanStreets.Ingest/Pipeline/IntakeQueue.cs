using System.Threading.Channels;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The queue before the front stages, and the one batch that Receive still fills while they are busy or wait for a group's time.</summary>
/// <remarks>
/// A listener's turn brings a message or a few; handed over each by each they would fill the pool and wake the reader every time. So after a turn
/// the open batch is only offered: the reader takes it when it has nothing else to do, and until then the next turn fills on. A reader that sleeps
/// is woken by the first offer. One owner of the open batch, one reader; no locks: the open batch changes hands by exchange.
/// Batches of one filler come out in the order they were begun (<see cref="IngestBatch.Number"/>).
/// </remarks>
internal sealed class IntakeQueue : ChannelReader<IngestBatch>
{
    private readonly Channel<IngestBatch> _closed;
    private IngestBatch? _open;
    private int _asleep;

    // The reader's own: an open batch it took, and one that it met while it looked for older ones.
    private IngestBatch? _taken;
    private IngestBatch? _met;

    /// <param name="batches">All there are: so writers, who cannot wait, never find it full.</param>
    public IntakeQueue(int batches)
    {
        Capacity = batches;
        _closed = StageLoop.Queue<IngestBatch>(batches, singleWriter: false);
    }

    public int Capacity { get; }

    public override bool CanCount => true;

    public override int Count => _closed.Reader.Count + (Volatile.Read(ref _open) is null ? 0 : 1);

    public override Task Completion => _closed.Reader.Completion;

    /// <summary>Hands over a batch; false after <see cref="Complete"/>.</summary>
    public bool TryWrite(IngestBatch batch) => _closed.Writer.TryWrite(batch);

    /// <summary>Offers a batch that its owner would go on filling; it may be taken at any time. <see cref="TakeBack"/> before it is touched again.</summary>
    public void Offer(IngestBatch batch)
    {
        Interlocked.Exchange(ref _open, batch);

        // Offered before this is read, and the reader looks for offers after it has said that it sleeps: one of the two sees the other.
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0 && TakeBack() is { } wake)
        {
            TryWrite(wake);
        }
    }

    /// <summary>The batch last offered; null when the reader has taken it.</summary>
    public IngestBatch? TakeBack() => Interlocked.Exchange(ref _open, null);

    /// <summary>Nothing more will be written or offered.</summary>
    public void Complete() => _closed.Writer.TryComplete();

    public override bool TryRead(out IngestBatch item)
    {
        if (_asleep != 0)
        {
            Volatile.Write(ref _asleep, 0);
        }

        if (_taken is null)
        {
            if (TryReadClosed(out item))
            {
                return true;
            }

            _taken = TakeBack();
            if (_taken is null)
            {
                return false;
            }
        }

        // What its owner had handed over before it began this one was there before this one was taken.
        if (TryReadClosed(out var other))
        {
            if (other.Number < _taken.Number)
            {
                item = other;
                return true;
            }

            _met = other;
        }

        (item, _taken) = (_taken, null);
        return true;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (_taken is not null || _met is not null)
        {
            return new ValueTask<bool>(true);
        }

        Interlocked.Exchange(ref _asleep, 1);
        return Volatile.Read(ref _open) is null ? _closed.Reader.WaitToReadAsync(cancellationToken) : new ValueTask<bool>(true);
    }

    private bool TryReadClosed(out IngestBatch batch)
    {
        if (_met is { } met)
        {
            (batch, _met) = (met, null);
            return true;
        }

        return _closed.Reader.TryRead(out batch!);
    }
}
