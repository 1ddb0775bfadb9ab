namespace CleanStreets.Scoring.Streets;

/// <summary>A street file that cannot be used. The message names the file, the feature at fault, and what to do.</summary>
public sealed class StreetFileException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public StreetFileException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public StreetFileException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public StreetFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
