namespace CleanStreets.Ingest.Store.Log;

/// <summary>How far the store log is on disk.</summary>
/// <param name="LogPosition">Position in the log behind its last record.</param>
/// <param name="Through">Everything of the journal below this position is in the log.</param>
/// <param name="IsComplete">Nothing more will come.</param>
internal sealed record StoreLogEnd(long LogPosition, long Through, bool IsComplete = false);
