namespace CleanStreets.Scoring.Areas;

/// <summary>A table of passes that cannot be used. The message names the line and what to do.</summary>
public sealed class PassFileException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public PassFileException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public PassFileException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public PassFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
