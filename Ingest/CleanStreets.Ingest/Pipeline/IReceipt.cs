namespace CleanStreets.Ingest.Pipeline;

/// <summary>Somebody who waits until what they sent is on disk, beside the publishes of our own listener, which have tokens.</summary>
internal interface IReceipt
{
    /// <summary>One more batch carries something of theirs; called by their receiver before the batch is handed over.</summary>
    void Awaits();

    /// <summary>One of those batches is on disk. Called on the Acknowledge loop: must not block.</summary>
    void Settled();
}
