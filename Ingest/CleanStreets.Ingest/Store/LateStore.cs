namespace CleanStreets.Ingest.Store;

/// <summary>Stands for a store that could not be opened at the start: its loop opens it as soon as that is possible, and nobody waits.</summary>
/// <remarks>Its rows stay in the store log until then. A store that only cannot be written can still be asked how far it is.</remarks>
/// <param name="name">The store's name.</param>
/// <param name="open">Opens it.</param>
/// <param name="askCursor">Asks for its cursor; null when that cannot be read either.</param>
internal sealed class LateStore(string name, Func<ISegmentStore> open, Func<long?> askCursor) : ISegmentStore
{
    private readonly long? _cursorBefore = askCursor();
    private ISegmentStore? _store;

    public string Name => name;

    public bool IsOpen => Volatile.Read(ref _store) is not null;

    public bool KnowsCursor => IsOpen || _cursorBefore is not null;

    public long Cursor => Volatile.Read(ref _store)?.Cursor ?? _cursorBefore ?? 0;

    public long Refused => Volatile.Read(ref _store)?.Refused ?? 0;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            Volatile.Write(ref _store, open());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(StoreRows rows, CancellationToken cancellationToken) => Opened.WriteAsync(rows, cancellationToken);

    public ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts, CancellationToken cancellationToken) =>
        Opened.FillAsync(passes, points, facts, cancellationToken);

    public ValueTask TidyAsync(CancellationToken cancellationToken) => Opened.TidyAsync(cancellationToken);

    public ValueTask DisposeAsync() => _store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private ISegmentStore Opened => _store ?? throw new StoreUnavailableException($"The store {name} is not open.");
}
