namespace CleanStreets.Edge.Publish;

/// <summary>What to do with a batch that the server took and the city did not store.</summary>
internal enum UnmarkedAction
{
    /// <summary>Send it again.</summary>
    Resend,

    /// <summary>Send its first half alone.</summary>
    Halve,

    /// <summary>It is one reading: set it aside and go on.</summary>
    SetAside,
}

/// <summary>Decides about batches without a mark: three tries at each size, then half the size, down to one reading.</summary>
/// <remarks>
/// At most one reading is set aside until the mark has moved again: when the next one stays unmarked too, it is not the reading but
/// the city that is down, and everything waits.
/// </remarks>
internal sealed class UnmarkedPolicy
{
    private const int Tries = 3;

    private readonly int _fullBatch;
    private int _tries;
    private bool _mayHaveSetAside = true;

    /// <param name="fullBatch">Most readings of a batch while all is well.</param>
    public UnmarkedPolicy(int fullBatch) => (_fullBatch, Limit) = (fullBatch, fullBatch);

    /// <summary>Most readings of the next batch.</summary>
    public int Limit { get; private set; }

    /// <summary>Whether batches have their full size.</summary>
    public bool IsFull => Limit == _fullBatch;

    /// <summary>Failures in a row, for waiting longer each time.</summary>
    public int Failures { get; private set; }

    public void Marked()
    {
        (_tries, Failures, Limit, _mayHaveSetAside) = (0, 0, _fullBatch, true);
    }

    /// <param name="sent">Readings in the batch that stayed unmarked.</param>
    public UnmarkedAction Unmarked(int sent)
    {
        Failures++;
        if (++_tries < Tries)
        {
            return UnmarkedAction.Resend;
        }

        _tries = 0;
        var size = Math.Min(Limit, Math.Max(1, sent));
        if (size > 1)
        {
            Limit = size / 2;
            return UnmarkedAction.Halve;
        }

        if (!_mayHaveSetAside)
        {
            return UnmarkedAction.Resend;
        }

        _mayHaveSetAside = false;
        return UnmarkedAction.SetAside;
    }
}
