namespace CleanStreets.Scoring.Index;

/// <summary>LASAN's grades over what trucks saw: 1 to 3 for a street, the CS score for a grid.</summary>
/// <remarks>The arithmetic is LA's; how a rate becomes a category's grade is ours (<see cref="LasanViewOptions"/>). It counts dirty streets, so read it beside the coverage.</remarks>
public sealed class LasanMethod : IIndexMethod
{
    /// <summary>Share of a street inside a grid from which it is the grid's: each street counts in one.</summary>
    private const double OwnShare = 0.5;

    private readonly LasanGridMethod _grid;
    private readonly LasanViewOptions _options;

    /// <summary>The method of one quarter.</summary>
    public LasanMethod(LasanGridMethod grid, LasanViewOptions? options = null) => (_grid, _options) = (grid, options ?? new LasanViewOptions());

    /// <inheritdoc/>
    public string Name => _grid.Name;

    /// <summary>LA's names carry no version of ours: streets are judged as the map of a new city judges them.</summary>
    public CrowOptions Beliefs { get; } = CrowOptions.Crow2;

    /// <inheritdoc/>
    public string Scale => "CS score: class 1 up to 1, 2 up to 2, 3 above; dumping or bulky items may trigger 3";

    /// <inheritdoc/>
    public (double Least, double Most) Range => (0, double.PositiveInfinity);

    /// <summary>None: a rounded grade has no deviation of its own.</summary>
    public bool HasDeviations => false;

    /// <summary>A street's grades 1 to 3; a grid counts everything above 1 as dirty, so only 1 is acceptable.</summary>
    public IndexGrades Grades { get; } = new(LowIsClean: true, [new("1", 1, true), new("2", 2, false), new("3", 3, false)]);

    /// <inheritdoc/>
    public SegmentValue Judge(SegmentCondition condition) => new(Grade(condition));

    /// <inheritdoc/>
    public double Combine(IReadOnlyList<WeightedValue> streets) => GridOf(streets).Score;

    /// <summary>The grid's score and class.</summary>
    public GridGrade GridOf(IReadOnlyList<WeightedValue> streets) => _grid.Grade(Count(streets));

    /// <summary>The grid when part of it was not seen: what its class is if all of that is clean, and if all of it is dirty.</summary>
    /// <param name="streets">Streets that were seen.</param>
    /// <param name="unseen">Streets of the grid that were not.</param>
    public GridBounds Bounds(IReadOnlyList<WeightedValue> streets, int unseen) =>
        GridBounds.Of(_grid, Count(streets), streets.Count(IsOwn), unseen);

    /// <summary>Whether a street counts as one of the grid's.</summary>
    public static bool IsOwn(double insideShare) => insideShare >= OwnShare;

    private static bool IsOwn(WeightedValue street) => IsOwn(street.InsideShare);

    private GridCounts Count(IReadOnlyList<WeightedValue> streets)
    {
        var (twos, threes, dumping, bulky) = (0, 0, 0, 0);
        foreach (var street in streets.Where(IsOwn))
        {
            var grade = (int)street.Value.Value;
            twos += grade == 2 ? 1 : 0;
            threes += grade == 3 ? 1 : 0;
            dumping += street.Condition.IllegalDumping ? 1 : 0;
            bulky += Category(street.Condition, _options.Bulky) > 1 ? 1 : 0;
        }

        return new GridCounts(twos, threes, dumping, bulky);
    }

    private int Grade(SegmentCondition condition) => LasanSegmentRule.Grade(
        condition.IllegalDumping ? 3 : 1,
        Category(condition, _options.Bulky),
        Category(condition, _options.LooseLitter),
        Category(condition, _options.Weeds));

    private int Category(SegmentCondition condition, string category) =>
        condition.Find(category) is { } found ? LasanSegmentRule.CategoryGrade(found.PiecesPer100SquareMetres, _options) : 1;
}
