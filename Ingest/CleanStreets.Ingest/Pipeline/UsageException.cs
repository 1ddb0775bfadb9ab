namespace CleanStreets.Ingest.Pipeline;

/// <summary>The program was asked for something it cannot do; the message is one sentence for the person who asked. Exit code 2.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public UsageException()
    {
    }
}
