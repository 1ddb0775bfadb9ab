namespace CleanStreets.Edge.Capture;

/// <summary>A picture or a camera cannot be read; the message says why.</summary>
internal sealed class CaptureException : Exception
{
    public CaptureException(string message)
        : base(message)
    {
    }

    public CaptureException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether it took too long: the next one may, too.</summary>
    public bool IsLate { get; init; }
}
