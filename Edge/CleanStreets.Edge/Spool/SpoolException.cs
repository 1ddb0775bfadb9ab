namespace CleanStreets.Edge.Spool;

/// <summary>The spool cannot be used; the message says what happened and what to do.</summary>
internal sealed class SpoolException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>It could not even be opened: the folder is wrong, not the disk.</summary>
    public bool IsWrongUse { get; init; }
}
