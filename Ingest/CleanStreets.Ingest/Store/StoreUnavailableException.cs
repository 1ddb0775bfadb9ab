namespace CleanStreets.Ingest.Store;

/// <summary>A store does not take or give rows at the moment; the message says why, for the operator.</summary>
internal sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => RetryAfter = retryAfter;

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public StoreUnavailableException()
    {
    }

    /// <summary>When the store asked to be left alone for a while.</summary>
    public TimeSpan? RetryAfter { get; }
}
