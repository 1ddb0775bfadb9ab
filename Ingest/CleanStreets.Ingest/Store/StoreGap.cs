namespace CleanStreets.Ingest.Store;

/// <summary>A stretch of the journal whose rows a store never got: the store log had given them up, or they were damaged.</summary>
/// <param name="From">First journal position of it.</param>
/// <param name="Through">The journal position where it ends.</param>
internal readonly record struct StoreGap(long From, long Through);
