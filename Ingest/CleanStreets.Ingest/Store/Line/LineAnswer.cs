namespace CleanStreets.Ingest.Store.Line;

/// <summary>What a store said to a batch of lines. Whatever else it may say means that it is not available.</summary>
/// <param name="Fate">What became of the lines.</param>
/// <param name="Reason">The store's words.</param>
/// <param name="Dropped">How many lines it says to have dropped; 0 when it did not say.</param>
/// <param name="RefusedLines">Which, by number from 0, when it said so: then the others are stored.</param>
internal sealed record LineAnswer(LineFate Fate, string Reason = "", int Dropped = 0, IReadOnlyList<int>? RefusedLines = null)
{
    public static LineAnswer Stored { get; } = new(LineFate.Stored);
}

/// <summary>What became of lines that were sent.</summary>
internal enum LineFate
{
    /// <summary>Stored, all of them.</summary>
    Stored,

    /// <summary>At least one is not acceptable and never will be; others may be stored.</summary>
    Refused,

    /// <summary>Too many bytes at once; none is stored.</summary>
    TooLarge,

    /// <summary>There is no such database.</summary>
    NoDatabase,
}
