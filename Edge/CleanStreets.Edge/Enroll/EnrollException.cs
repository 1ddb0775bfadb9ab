namespace CleanStreets.Edge.Enroll;

/// <summary>The box could not be enrolled or its certificate not be renewed; the message says why and what to do.</summary>
internal sealed class EnrollException(string message, bool isWrongUse = false, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>It was asked in a way that cannot work: nothing was sent.</summary>
    public bool IsWrongUse => isWrongUse;

    /// <summary>What the city said, for programs; null when it said nothing.</summary>
    public string? Code { get; init; }
}
