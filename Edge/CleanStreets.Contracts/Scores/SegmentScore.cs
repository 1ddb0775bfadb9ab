namespace CleanStreets.Contracts.Scores;

/// <summary>The current value of a street segment, as published retained on <see cref="Topics.Scores"/>.</summary>
public sealed record SegmentScore
{
    /// <summary>The segment.</summary>
    public required SegmentId SegmentId { get; init; }

    /// <summary>Version of the street network the evidence was matched to.</summary>
    public required string NetworkVersion { get; init; }

    /// <summary>Method and version of the index, for example <c>crow-1</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Capture time of the newest evidence used, or of the sweep that republished a faded score. Viewers compute age from it.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Whether own evidence carries the score. When not seen, grade, index and interval are absent.</summary>
    public required ScoreState State { get; init; }

    /// <summary>The letter of the posterior mean.</summary>
    public Grade? Grade { get; init; }

    /// <summary>Cleanliness index on the grade scale: 0–1 is A+, 1–2 A, 2–3 B, 3–4 C, 4–5 D; lower is cleaner.</summary>
    public double? Index { get; init; }

    /// <summary>Lower end of the 90 % credible interval of <see cref="Index"/>.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of the 90 % credible interval of <see cref="Index"/>.</summary>
    public double? High { get; init; }

    /// <summary>Probability of each grade, keyed by its letter; sums to 1.</summary>
    public IReadOnlyDictionary<string, double>? Probabilities { get; init; }

    /// <summary>Share of the segment's length in the union of passes younger than two half-lives, 0–1.</summary>
    public double Coverage { get; init; }

    /// <summary>Capture time of the newest observation; absent before the first.</summary>
    public DateTimeOffset? NewestObservationAt { get; init; }

    /// <summary>Number of passes that still carry weight.</summary>
    public int SampleSize { get; init; }

    /// <summary>The same for each side on which evidence was told apart.</summary>
    public SideScores? Sides { get; init; }

    /// <summary>Other methods' views of the same evidence, by name: <c>lasan-2016-q3</c>.</summary>
    public IReadOnlyDictionary<string, MethodView>? Views { get; init; }

    /// <summary>Piles that wait for a person before they may count as illegal dumping.</summary>
    public int PendingConfirmations { get; init; }
}

/// <summary>Whether a segment has been seen well enough to say anything.</summary>
public enum ScoreState : byte
{
    /// <summary>Own evidence is below the minimum: grey on the map, never green.</summary>
    NotSeen = 0,

    /// <summary>Scored from own evidence.</summary>
    Seen = 1,
}

/// <summary>CROW's five levels; the map shows them as A, B, C, D, E.</summary>
public enum Grade : byte
{
    /// <summary>Very clean; shown as A.</summary>
    APlus = 0,

    /// <summary>Clean; shown as B.</summary>
    A = 1,

    /// <summary>Moderately clean; shown as C.</summary>
    B = 2,

    /// <summary>Dirty; shown as D.</summary>
    C = 3,

    /// <summary>Very dirty; shown as E.</summary>
    D = 4,
}

/// <summary>The score of one side of the street.</summary>
/// <param name="State">Whether own evidence of this side carries a score.</param>
/// <param name="Grade">The letter; absent when not seen.</param>
/// <param name="Index">The index; absent when not seen.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end of the 90 % interval.</param>
/// <param name="SampleSize">Passes that still carry weight.</param>
public sealed record SideScore(ScoreState State, Grade? Grade, double? Index, double? Low, double? High, int SampleSize);

/// <summary>Both sides, seen along the segment's geometry.</summary>
/// <param name="Left">Left side; absent when never told apart.</param>
/// <param name="Right">Right side; absent when never told apart.</param>
public sealed record SideScores(SideScore? Left, SideScore? Right);

/// <summary>What another method says of the same evidence.</summary>
/// <param name="Grade">The method's own grade, for LASAN 1 (best) to 3.</param>
public sealed record MethodView(int Grade);
