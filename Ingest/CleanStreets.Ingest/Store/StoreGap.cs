namespace CleanStreets.Ingest.Store;

/// <summary>A stretch of the journal whose rows a store never got: the store log had given them up, or they were damaged.</summary>
/// <param name="From">First journal position of it.</param>
/// <param name="Through">The journal position where it ends.</param>
internal readonly record struct StoreGap(long From, long Through)
{
    /// <summary>What of this stretch is left when another one has been filled: none, one or two pieces.</summary>
    public IEnumerable<StoreGap> Without(StoreGap filled)
    {
        if (filled.From >= Through || filled.Through <= From)
        {
            return [this];
        }

        return new[] { new StoreGap(From, filled.From), new StoreGap(filled.Through, Through) }.Where(piece => piece.From < piece.Through);
    }
}
