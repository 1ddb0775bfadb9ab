namespace CleanStreets.Benchmarks.Run;

/// <summary>One line of the table: our figure, those of the peers measured in the same rounds, and what each must not exceed.</summary>
/// <param name="What">What was done, in words.</param>
/// <param name="Unit">Unit of the figures, for example <c>CPU-µs a message</c>.</param>
internal sealed record Line(string What, string Unit)
{
    public Series Ours { get; } = new();

    /// <summary>The most our figure may be; null: no promise.</summary>
    public double? Limit { get; init; }

    public List<Beside> Besides { get; } = [];

    /// <summary>Why a peer is missing, or anything a reader must know to read the figure.</summary>
    public string? Note { get; set; }

    /// <summary>Whether every promise is kept; null when there is none.</summary>
    public bool? IsKept
    {
        get
        {
            var limited = Besides.Where(beside => beside.Limit is not null).ToList();
            return Limit is null && limited.Count == 0
                ? null
                : !(Ours.Median > Limit) && limited.TrueForAll(beside => Ours.Over(beside.Figures).Median <= beside.Limit);
        }
    }

    public Series Next(string peer, double? limit = null)
    {
        var beside = Besides.Find(known => known.Peer == peer);
        if (beside is null)
        {
            Besides.Add(beside = new Beside(peer, new Series(), limit));
        }

        return beside.Figures;
    }
}

/// <summary>A peer's figures; <paramref name="Limit"/> is the most our figure divided by its may be.</summary>
internal sealed record Beside(string Peer, Series Figures, double? Limit);
