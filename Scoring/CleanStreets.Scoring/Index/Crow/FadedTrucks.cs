using System.Runtime.Intrinsics;

namespace CleanStreets.Scoring.Index;

/// <summary>Faded sums of each truck's passes over a street, by scope and category; categories lie side by side and are added together.</summary>
/// <remarks>
/// Of each truck and scope four rows of <see cref="_width"/> numbers: Σ weight × pieces in thousandths; Σ weight × exposure in thousandths of a
/// square metre; Σ weight × exposure² with exposure in 100 m²; passes that carry weight. Each number is added up on its own and in the order
/// of the passes, so how many are added at once changes no bit.
/// </remarks>
internal readonly ref struct FadedTrucks
{
    private const int Fields = 4;
    private const double Milli = 1000;
    private const double MilliSquareMetresPerUnit = 100_000;

    private readonly Span<double> _cells;
    private readonly int _width;

    /// <param name="cells">As many as <see cref="RoomFor"/> says, zeros.</param>
    /// <param name="scopes">Whether the whole street alone is summed (1), or its sides as well (3).</param>
    /// <param name="width">Categories, rounded up to whole vectors.</param>
    public FadedTrucks(Span<double> cells, int scopes, int width)
    {
        _cells = cells;
        Scopes = scopes;
        _width = width;
    }

    /// <summary>How many sums there are of each truck: 1 for the whole street, 3 with its sides.</summary>
    public int Scopes { get; }

    /// <summary>Categories, rounded up to whole vectors.</summary>
    public static int WidthOf(int categories) => (categories + Vector256<double>.Count - 1) / Vector256<double>.Count * Vector256<double>.Count;

    public static int RoomFor(int trucks, int scopes, int width) => trucks * scopes * Fields * width;

    /// <summary>Adds one truck's pass, where all categories lie in one vector.</summary>
    /// <param name="truck">The truck's number.</param>
    /// <param name="views">What of it is new.</param>
    /// <param name="weight">By category.</param>
    /// <param name="counts">By category: 1 where the pass counts in the sample size, else 0.</param>
    public void Add(int truck, in NewViews views, Vector256<double> weight, Vector256<double> counts)
    {
        var sums = _cells.Slice(truck * Scopes * Fields * PassTally.Lanes, Scopes * Fields * PassTally.Lanes);
        Add(sums, views.UnknownPieces + views.LeftPieces + views.RightPieces, views.Unknown + views.Left + views.Right, weight, counts);
        if (Scopes == 1)
        {
            return;
        }

        Add(sums[(Fields * PassTally.Lanes)..], views.LeftPieces, views.Left, weight, counts);
        Add(sums[(2 * Fields * PassTally.Lanes)..], views.RightPieces, views.Right, weight, counts);
    }

    /// <summary>Adds one truck's pass to one sum.</summary>
    public void Add(int truck, int scope, int category, double pieces, double exposure, double weight, bool counts)
    {
        var sums = _cells.Slice(((truck * Scopes) + scope) * Fields * _width, Fields * _width);
        var units = exposure / MilliSquareMetresPerUnit;
        sums[category] += weight * pieces;
        sums[_width + category] += weight * exposure;
        sums[(2 * _width) + category] += weight * units * units;
        sums[(3 * _width) + category] += counts && exposure > 0 ? 1 : 0;
    }

    /// <summary>All trucks' sums together, and what they are worth, by scope and category.</summary>
    public void Sum(ReadOnlySpan<CategoryOptions> categories, in Scatter scatter, double overdispersion, Span<FadedEvidence> faded)
    {
        Span<double> all = stackalloc double[Fields * _width];
        Span<double> rates = stackalloc double[_width];
        Span<double> worth = stackalloc double[_width];
        for (var scope = 0; scope < Scopes; scope++)
        {
            all.Clear();
            for (var at = 0; at < all.Length; at += Vector256<double>.Count)
            {
                Store(Total(scope, at), all, at);
            }

            for (var c = 0; c < categories.Length; c++)
            {
                rates[c] = CategoryPosterior.MeanOf(categories[c], all[c] / Milli, all[_width + c] / Milli, overdispersion);
            }

            for (var at = 0; at < _width; at += Vector256<double>.Count)
            {
                Store(Worth(scope, at, Load(rates, at), scatter), worth, at);
            }

            for (var c = 0; c < categories.Length; c++)
            {
                faded[(scope * categories.Length) + c] = new FadedEvidence(
                    all[c] / Milli, all[_width + c] / Milli, (int)all[(3 * _width) + c], worth[c]);
            }
        }
    }

    private Vector256<double> Total(int scope, int at)
    {
        var sum = Vector256<double>.Zero;
        for (var place = (scope * Fields * _width) + at; place < _cells.Length; place += Scopes * Fields * _width)
        {
            sum += Load(_cells, place);
        }

        return sum;
    }

    private Vector256<double> Worth(int scope, int at, Vector256<double> rate, in Scatter scatter)
    {
        var sum = Vector256<double>.Zero;
        for (var place = (scope * Fields * _width) + at; place < _cells.Length; place += Scopes * Fields * _width)
        {
            var exposure = Load(_cells, place + _width);
            if (exposure != Vector256<double>.Zero)
            {
                sum += scatter.Worth(
                    rate, Load(_cells, place) / Vector256.Create(Milli), exposure / Vector256.Create(MilliSquareMetresPerUnit), Load(_cells, place + (2 * _width)));
            }
        }

        return sum;
    }

    private static void Add(Span<double> sums, Vector256<double> pieces, Vector256<double> exposure, Vector256<double> weight, Vector256<double> counts)
    {
        ref var place = ref sums[..(Fields * PassTally.Lanes)][0];
        var units = exposure / Vector256.Create(MilliSquareMetresPerUnit);
        var seen = Vector256.GreaterThan(exposure, Vector256<double>.Zero);
        (Vector256.LoadUnsafe(ref place) + (weight * pieces)).StoreUnsafe(ref place);
        (Vector256.LoadUnsafe(ref place, PassTally.Lanes) + (weight * exposure)).StoreUnsafe(ref place, PassTally.Lanes);
        (Vector256.LoadUnsafe(ref place, 2 * PassTally.Lanes) + (weight * units * units)).StoreUnsafe(ref place, 2 * PassTally.Lanes);
        (Vector256.LoadUnsafe(ref place, 3 * PassTally.Lanes) + (counts & seen)).StoreUnsafe(ref place, 3 * PassTally.Lanes);
    }

    private static Vector256<double> Load(ReadOnlySpan<double> numbers, int at) => Vector256.Create(numbers[at..]);

    private static void Store(Vector256<double> numbers, Span<double> target, int at) => numbers.CopyTo(target[at..]);
}
