using CleanStreets.Contracts.Scores;

namespace CleanStreets.Contracts.ReadApi;

/// <summary>The numbers behind a score, unrounded, so that anybody can reckon it again.</summary>
/// <remarks>
/// For each category: pieces = Σ over <paramref name="Hours"/> of weight × pieces, and so the square metres; mean = (prior pieces + pieces ÷ k) ÷
/// (prior pieces ÷ prior mean + m² ÷ 100 ÷ k) pieces per 100 m², with k the over-dispersion; the index is linear between the cuts, and beyond the last
/// one 5 − last cut ÷ mean. The street's index is the largest, or the floor of a confirmed dumping, rounded to three digits.
/// </remarks>
/// <param name="Overdispersion">k.</param>
/// <param name="Categories">One row a category.</param>
/// <param name="DumpingFloor">Least index, because a confirmed dumping lies there; null when none does.</param>
/// <param name="Index">The street's index before rounding; null when not seen.</param>
/// <param name="Hours">Evidence by UTC hour of capture, oldest first; hours that weigh nothing any more are left out.</param>
/// <param name="Passes">The passes in these hours, oldest first.</param>
public sealed record ScoreArithmetic(
    double Overdispersion,
    IReadOnlyList<CategoryArithmetic> Categories,
    double? DumpingFloor,
    double? Index,
    IReadOnlyList<EvidenceHour> Hours,
    IReadOnlyList<EvidencePass> Passes);

/// <summary>One category, unrounded.</summary>
/// <param name="Category">Its name.</param>
/// <param name="Pieces">Σ weight × pieces.</param>
/// <param name="SquareMetres">Σ weight × exposure, m².</param>
/// <param name="PriorPieces">Pieces that the city's prior counts for.</param>
/// <param name="PriorMean">The prior's rate, pieces per 100 m².</param>
/// <param name="Cuts">Upper ends of A+, A, B and C, pieces per 100 m².</param>
/// <param name="Mean">Posterior mean, pieces per 100 m².</param>
/// <param name="Index">Its index.</param>
/// <param name="IndependentPieces">As how many independent pieces the interval takes them, where streets' and cameras' scatter is reckoned with; null: pieces ÷ k.</param>
public sealed record CategoryArithmetic(
    string Category,
    double Pieces,
    double SquareMetres,
    double PriorPieces,
    double PriorMean,
    IReadOnlyList<double> Cuts,
    double Mean,
    double Index,
    double? IndependentPieces = null);

/// <summary>All evidence of one UTC hour: it has one age, that of the hour's middle.</summary>
/// <param name="Hour">The hour's beginning.</param>
/// <param name="AgeHours">Its age at the moment that is explained.</param>
/// <param name="Shares">What it gives to each category.</param>
public sealed record EvidenceHour(DateTimeOffset Hour, double AgeHours, IReadOnlyList<EvidenceShare> Shares);

/// <summary>What an hour gives to a category.</summary>
/// <param name="Category">The category.</param>
/// <param name="Weight">Weight by age, 0–1.</param>
/// <param name="Pieces">Pieces, before the weight; what a verified cleaning set aside, a person called nothing or a later view stands for is not among them.</param>
/// <param name="SquareMetres">Exposure, m², before the weight.</param>
public sealed record EvidenceShare(string Category, double Weight, double Pieces, double SquareMetres);

/// <summary>What one pass gives.</summary>
/// <param name="TruckId">The truck.</param>
/// <param name="EnteredAt">When it entered the street.</param>
/// <param name="LeftAt">When it left.</param>
/// <param name="ArrivedAt">When its last reading reached the city; null when that was not kept yet.</param>
/// <param name="ArrivedLater">It had been captured at the moment that is explained, and arrived more than two minutes after it.</param>
/// <param name="SetAside">A cleaning verified since sets it aside, wholly or on a side.</param>
/// <param name="NewView">Share of it that is a new view, 0–1; the rest was seen again by the same truck soon after, which stands for it.</param>
/// <param name="Counts">What it counted, by kind.</param>
/// <param name="Shares">What it gives to each category, with the weight of its hour.</param>
public sealed record EvidencePass(
    TruckId TruckId,
    DateTimeOffset EnteredAt,
    DateTimeOffset LeftAt,
    DateTimeOffset? ArrivedAt,
    bool ArrivedLater,
    bool SetAside,
    double NewView,
    IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<EvidenceShare> Shares);

/// <summary>What had happened by the moment that is explained and was not known then.</summary>
/// <param name="Passes">Passes that arrived later.</param>
/// <param name="Cleanings">Verified cleanings that were told later.</param>
/// <param name="LastArrivedAt">When the last of it arrived.</param>
/// <param name="State">What the score was by what was known then.</param>
/// <param name="Grade">The letter by what was known then; null when not seen.</param>
/// <param name="Index">The index by what was known then; null when not seen.</param>
public sealed record LaterKnowledge(int Passes, int Cleanings, DateTimeOffset LastArrivedAt, ScoreState State, Grade? Grade, double? Index);
