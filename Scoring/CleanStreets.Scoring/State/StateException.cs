namespace CleanStreets.Scoring.State;

/// <summary>Bytes of a saved state are not what was written, or were written by another version.</summary>
public sealed class StateException : Exception
{
    /// <summary>Says what does not fit.</summary>
    public StateException(string message)
        : base(message)
    {
    }

    /// <summary>Says what does not fit, and why.</summary>
    public StateException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Something does not fit.</summary>
    public StateException()
    {
    }
}
