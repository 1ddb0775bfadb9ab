using System.ComponentModel.DataAnnotations;
using Kind = CleanStreets.Contracts.Readings.Kinds;

namespace CleanStreets.Scoring.Index;

/// <summary>Settings of <see cref="CrowMethod"/>. They belong to the method's version: other settings, another name.</summary>
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

    /// <summary>What is wrong with these settings, a sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Categories.Count is 0 or > MostCategories)
        {
            faults.Add($"A method needs 1 to {MostCategories} categories.");
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
