namespace CleanStreets.Edge.Vision;

/// <summary>A model, its labels or its settings cannot be used; the message says why and what to do.</summary>
internal sealed class VisionException : Exception
{
    public VisionException(string message)
        : base(message)
    {
    }

    public VisionException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
