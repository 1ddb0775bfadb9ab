using System.ComponentModel.DataAnnotations;
using CleanStreets.Scoring.Observations;
using Kind = CleanStreets.Contracts.Readings.Kinds;

namespace CleanStreets.Scoring.Index;

/// <summary>Settings of <see cref="CrowMethod"/>. They belong to the method's version: other settings, another name. The defaults are those of <c>crow-1</c>.</summary>
public sealed class CrowOptions
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "Scoring:Crow";

    /// <summary>Most categories of a method.</summary>
    public const int MostCategories = 16;

    /// <summary>Name and version beside every number. Default: <c>crow-1</c>.</summary>
    [Required]
    public string Name { get; set; } = "crow-1";

    /// <summary>The categories, the first one being litter. Default: <see cref="DefaultCategories"/>.</summary>
    public IReadOnlyList<CategoryOptions> Categories { get; set; } = DefaultCategories;

    /// <summary>Evidence is divided by this before the interval is drawn, because counts on streets scatter more than Poisson's. Default: 3.</summary>
    /// <remarks>Ours, chosen with the simulated figures of the folder Calibration in view; 1 would claim independent pieces and independent passes.</remarks>
    [Range(1.0, 100.0)]
    public double Overdispersion { get; set; } = 3;

    /// <summary>
    /// Shape of the Gamma by which each pass meets its own day, beside <see cref="Overdispersion"/>: counts scatter as a negative binomial, with a
    /// variance of k · mean + mean² ÷ shape. Default: infinite, every pass meets the same street.
    /// </summary>
    public double PassShape { get; set; } = double.PositiveInfinity;

    /// <summary>Standard deviation, in natural logarithm, of what a truck's camera counts on all its passes. Default: 0, all cameras count alike.</summary>
    [Range(0.0, 3.0)]
    public double TruckDeviation { get; set; }

    /// <summary>Which passes are new views, and which belong to a work order. Default: <see cref="ViewRule.None"/>.</summary>
    public ViewRule Views { get; set; } = ViewRule.None;

    /// <summary>Faded exposure that a metre of street needs before it counts as seen, m². Default: 0.5.</summary>
    /// <remarks>A camera that sees 4 m of width keeps a street seen for three half-lives after one full pass.</remarks>
    [Range(0.01, 100.0)]
    public double MinimumSquareMetresPerMetre { get; set; } = 0.5;

    /// <summary>Share of the length that must lie in passes younger than two half-lives before the street counts as seen. Default: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double MinimumCoverage { get; set; } = 0.25;

    /// <summary>Half-lives after which evidence weighs nothing at all and may be pruned. Default: 6 (a weight of 1/64).</summary>
    [Range(2.0, 20.0)]
    public double ForgetAfterHalfLives { get; set; } = 6;

    /// <summary>Half-lives after which a pass no longer counts in the sample size. Default: 4 (a weight of 1/16).</summary>
    [Range(1.0, 20.0)]
    public double SampleHalfLives { get; set; } = 4;

    /// <summary>Index that a confirmed illegal dumping gives the street at least. Default: 4.5, the worst letter, as in LA's rule.</summary>
    [Range(0.0, 5.0)]
    public double DumpingIndex { get; set; } = 4.5;

    /// <summary>Days after which a dumping that nobody saw again, and a pile that nobody judged, no longer counts. Default: 30.</summary>
    [Range(1.0, 366.0)]
    public double DumpingDays { get; set; } = 30;

    /// <summary>LASAN's grades beside ours.</summary>
    public LasanViewOptions Lasan { get; set; } = new();

    /// <summary>Litter with CROW's published cuts for coarse litter on pavement; weeds, leaves and bulky items with cuts of ours.</summary>
    public static IReadOnlyList<CategoryOptions> DefaultCategories { get; } =
    [
        new CategoryOptions
        {
            Name = "litter",
            // An overflowing bin stands for what lies around it; five pieces is ours.
            Kinds = [new(Kind.LooseLitter), new(Kind.OverflowingBin, Pieces: 5)],
            HalfLifeHours = 4 * 24, // Days: wind and sweeping. Two half-lives outlast a weekly round.
            Cuts = [0.5, 3, 10, 25], // CROW: A+ none, A ≤ 3, B ≤ 10, C ≤ 25 in the worst 100 m². "None" on a mean is 0.5 (ours).
            PriorMean = 4,
            PriorPieces = 0.15,
        },
        new CategoryOptions
        {
            Name = "weeds",
            Kinds = [new(Kind.Weeds)],
            HalfLifeHours = 21 * 24, // Weeks: they grow and are cut slowly.
            Cuts = [0.5, 3, 10, 25],
            PriorMean = 2,
            PriorPieces = 0.15,
        },
        new CategoryOptions
        {
            Name = "leaves",
            Kinds = [new(Kind.Leaves)],
            HalfLifeHours = 7 * 24,
            Cuts = [2, 8, 20, 50], // A season's matter rather than dirt.
            PriorMean = 2,
            PriorPieces = 0.15,
        },
        new CategoryOptions
        {
            Name = "bulky",
            Kinds = [new(Kind.BulkyItem)],
            HalfLifeHours = 5 * 24,
            Cuts = [0.05, 0.2, 0.6, 1.5], // One sofa on 500 m² is A, three are B.
            PriorMean = 0.04,
            PriorPieces = 0.05,
        },
    ];

    /// <summary>Settings of <c>crow-1</c>.</summary>
    public static CrowOptions Crow1 => new();

    /// <summary>Settings of <c>crow-2</c>: the letters of <c>crow-1</c>, with views counted once and intervals as wide as streets scatter.</summary>
    /// <remarks>Scatter and shape are chosen on the simulated streets of the folder Calibration; the deviation is the one that areas assume.</remarks>
    public static CrowOptions Crow2 => new()
    {
        Name = "crow-2",
        Overdispersion = 2,
        PassShape = 4,
        TruckDeviation = 0.35,
        Views = ViewRule.Default,
    };

    /// <summary>A copy that may be changed by itself.</summary>
    public CrowOptions Copy()
    {
        var copy = (CrowOptions)MemberwiseClone();
        copy.Lasan = Lasan.Copy();
        return copy;
    }

    /// <summary>Whether there is scatter that a plain factor does not hold.</summary>
    internal bool IsScattered => TruckDeviation > 0 || double.IsFinite(PassShape);

    /// <summary>What is wrong with these settings, a sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Categories.Count is 0 or > MostCategories)
        {
            faults.Add($"A method needs 1 to {MostCategories} categories.");
        }

        if (!(PassShape > 0) || !(TruckDeviation >= 0) || !(Overdispersion > 0))
        {
            faults.Add("Over-dispersion and the shape of passes must be above 0, the deviation of trucks at least 0.");
        }

        foreach (var category in Categories)
        {
            if (category.Kinds.Count == 0 || category.Kinds.Any(k => k.Milli <= 0))
            {
                faults.Add($"Category '{category.Name}' needs at least one kind, each of more than 0 pieces.");
            }

            if (!GradeScale.IsValid(category.Cuts))
            {
                faults.Add($"Category '{category.Name}' needs four rising cuts above 0 for A+, A, B and C.");
            }

            if (category.HalfLifeHours <= 0 || category.PriorMean <= 0 || category.PriorPieces <= 0)
            {
                faults.Add($"Category '{category.Name}' needs a half-life and a prior above 0.");
            }
        }

        foreach (var kind in Categories.SelectMany(c => c.Kinds).CountBy(k => k.Kind).Where(k => k.Value > 1))
        {
            faults.Add($"Kind '{kind.Key}' is in {kind.Value} categories; it may be in one.");
        }

        return faults;
    }
}
