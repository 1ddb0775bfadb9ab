namespace CleanStreets.Scoring.Index;

/// <summary>The table of grids cannot be graded; the message names the line and what to do.</summary>
public sealed class GridIndexException : Exception
{
    /// <summary>A fault in a sentence.</summary>
    public GridIndexException(string message)
        : base(message)
    {
    }

    /// <summary>A fault without words.</summary>
    public GridIndexException()
    {
    }

    /// <summary>A fault with its cause.</summary>
    public GridIndexException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
