namespace CleanStreets.Scoring.Index;

/// <summary>LASAN's grade of a grid (an LAPD reporting district) from the grades of its segments.</summary>
/// <remarks>
/// The sheet: GridScore = segments graded above 1; GridScoreNorm = GridScore ÷ 0.61 (mean grid size, square miles);
/// CS score = GridScoreNorm ÷ (HPS ÷ 3) with HPS = 52 ÷ 0.61; class = CS score rounded up, held within 1 to 3. The 0.61 cancels, so
/// CS score = 3·n ÷ 52 and all of it is done in integers: class 1 up to 17 dirty segments, 2 from 18, 3 from 35. Enough illegal dumpings or
/// bulky items make the grid a 3 outright (mean + 1 standard deviation: 2.33 + 2.08 and 7.61 + 5.92). LA changed how the trigger compares
/// between quarters, so each quarter is a method of its own.
/// </remarks>
public sealed class LasanGridMethod
{
    private const int HighestPossible = 52;
    private const int Classes = 3;
    private const long Micros = 1_000_000;

    private readonly int _dumpingTrigger;
    private readonly int _bulkyTrigger;

    private LasanGridMethod(string name, int dumpingTrigger, int bulkyTrigger)
    {
        Name = name;
        _dumpingTrigger = dumpingTrigger;
        _bulkyTrigger = bulkyTrigger;
    }

    /// <summary>Q3 2016: 5 dumpings or 14 bulky items trigger.</summary>
    public static LasanGridMethod Q3Of2016 { get; } = new("lasan-2016-q3", dumpingTrigger: 5, bulkyTrigger: 14);

    /// <summary>Q2 2016: more than 5 dumpings or more than 14 bulky items trigger.</summary>
    public static LasanGridMethod Q2Of2016 { get; } = new("lasan-2016-q2", dumpingTrigger: 6, bulkyTrigger: 15);

    /// <summary>Every method for grids.</summary>
    public static IReadOnlyList<LasanGridMethod> All { get; } = [Q3Of2016, Q2Of2016];

    /// <summary>Name and version.</summary>
    public string Name { get; }

    /// <summary>The method called <paramref name="name"/>; null when there is none.</summary>
    public static LasanGridMethod? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    /// <summary>Grades one grid.</summary>
    public GridGrade Grade(in GridCounts counts)
    {
        var dirty = (long)counts.Twos + counts.Threes;
        var micros = ((2 * Classes * dirty * Micros) + HighestPossible) / (2 * HighestPossible); // Rounded to nearest; 3n/52 has no ties.
        var triggered = counts.IllegalDumping >= _dumpingTrigger || counts.BulkyItems >= _bulkyTrigger;
        var rounded = ((Classes * dirty) + HighestPossible - 1) / HighestPossible;
        return new GridGrade(micros, triggered ? Classes : (int)Math.Clamp(rounded, 1, Classes));
    }
}

/// <summary>What was counted in a grid.</summary>
/// <param name="Twos">Segments graded 2.</param>
/// <param name="Threes">Segments graded 3.</param>
/// <param name="IllegalDumping">Segments with illegal dumping.</param>
/// <param name="BulkyItems">Segments with bulky items.</param>
public readonly record struct GridCounts(int Twos, int Threes, int IllegalDumping, int BulkyItems);

/// <summary>A grid's grade.</summary>
/// <param name="ScoreMicros">CS score in millionths, the precision LA publishes.</param>
/// <param name="Class">1 clean, 2, 3 unclean.</param>
public readonly record struct GridGrade(long ScoreMicros, int Class)
{
    /// <summary>CS score.</summary>
    public double Score => ScoreMicros / 1e6;

    /// <summary>CS score as LA prints it: at most six decimals, no trailing zeros.</summary>
    public string ScoreText => (ScoreMicros / 1_000_000m).ToString("0.######");
}
