using System.Globalization;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>How often the truth lay in the 90 % interval.</summary>
/// <param name="Case">The kind of street.</param>
/// <param name="Method">Name and version of the method.</param>
/// <param name="Streets">Streets whose interval has two ends.</param>
/// <param name="Share">Share of them whose truth lay in the interval.</param>
/// <param name="MeanWidth">Mean width of the interval, in steps of the index.</param>
/// <param name="FromZero">Streets so clean that the interval begins at 0.000 as told: it has one end, and 95 % is to be expected of it.</param>
/// <param name="FromZeroShare">Share of those whose truth lay in the interval.</param>
/// <param name="Within">Share of all streets whose truth lay in the middle 5 %, 10 %, … 95 % of the belief.</param>
public sealed record CalibrationResult(
    string Case, string Method, int Streets, double Share, double MeanWidth, int FromZero, double FromZeroShare, IReadOnlyList<double> Within);

/// <summary>Checks the 90 % interval of <see cref="CrowMethod"/> for litter against streets whose truth is known.</summary>
/// <remarks>
/// In the case <see cref="Assumed"/> the share must be 0.9: there the simulation is the process that fading and scatter assume, so that
/// anything else is a fault of ours. The other cases break the assumptions on purpose; they tell how far the interval can be believed.
/// </remarks>
public static class CalibrationRunner
{
    /// <summary>Name of the case that must come out.</summary>
    public const string Assumed = "assumed process";

    /// <summary>Levels of <see cref="CalibrationResult.Within"/>: 5 % to 95 %.</summary>
    public static IReadOnlyList<double> Levels { get; } = [.. Enumerable.Range(1, 19).Select(step => step / 20.0)];

    private const double Rounding = 0.0005; // The interval is told to three decimals.

    private static readonly (string Name, Func<Draws, LitterBelief, SimulatedStreet> Draw)[] Drawn =
    [
        (Assumed, SimulatedStreet.Assumed),
        ("constant truth", static (draws, _) => SimulatedStreet.Constant(draws)),
        ("over-scattered counts", static (draws, _) => SimulatedStreet.Scattered(draws)),
        ("one truck with a biased camera", static (draws, _) => SimulatedStreet.BiasedCamera(draws)),
        ("always passed before weekly sweeping", static (draws, _) => SimulatedStreet.PassedBeforeSweeping(draws)),
        ("same litter seen eight times", static (draws, _) => SimulatedStreet.SeenEightTimes(draws)),
    ];

    /// <summary>The kinds of street, in the order of the results.</summary>
    public static IReadOnlyList<string> Cases { get; } = [.. Drawn.Select(drawn => drawn.Name)];

    /// <summary>Simulates every case.</summary>
    /// <param name="streets">Streets of each case.</param>
    /// <param name="seed">The same seed gives the same results.</param>
    /// <param name="options">The method's settings. The assumed process clumps pieces by the over-dispersion, so it is a whole number.</param>
    public static IReadOnlyList<CalibrationResult> Run(int streets, int seed, CrowOptions options)
    {
        var litter = Litter(options);
        var (method, belief, scale) = (new CrowMethod(litter), new LitterBelief(litter), new GradeScale(litter.Categories[0].Cuts));
        return [.. Drawn.Select(drawn => Check(drawn.Name, draws => drawn.Draw(draws, belief)))];

        CalibrationResult Check(string name, Func<Draws, SimulatedStreet> draw)
        {
            var draws = new Draws(new Random(seed));
            var within = new int[Levels.Count];
            var (held, seen, width, fromZeroHeld, fromZero) = (0, 0, 0.0, 0, 0);
            for (var i = 0; i < streets; i++)
            {
                var street = draw(draws);
                var score = method.Score(street.Evidence, string.Empty, street.AsOfMs);
                if (score is not { State: ScoreState.Seen, Low: { } low, High: { } high })
                {
                    continue;
                }

                var truth = scale.IndexOf(street.Rate);
                var holds = truth >= low - Rounding && truth <= high + Rounding ? 1 : 0;
                var hasLowEnd = low > 0; // Known from the evidence alone, so telling the two apart bends no share.
                (held, seen, width) = hasLowEnd ? (held + holds, seen + 1, width + high - low) : (held, seen, width);
                (fromZeroHeld, fromZero) = hasLowEnd ? (fromZeroHeld, fromZero) : (fromZeroHeld + holds, fromZero + 1);
                Count(Math.Abs((2 * belief.Place(street)) - 1), within);
            }

            var all = seen + fromZero;
            return new CalibrationResult(
                name, litter.Name, seen, Of(held, seen), Of(width, seen), fromZero, Of(fromZeroHeld, fromZero), [.. within.Select(count => Of(count, all))]);
        }

        static double Of(double part, int all) => all == 0 ? 0 : part / all;
    }

    /// <summary>Writes results as CSV: <c>case,method,streets,share,meanWidth,fromZero,fromZeroShare</c>.</summary>
    public static void Write(IEnumerable<CalibrationResult> results, TextWriter output)
    {
        output.Write("case,method,streets,share,meanWidth,fromZero,fromZeroShare\n");
        foreach (var result in results)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Case},{result.Method},{result.Streets},{result.Share:F3},{result.MeanWidth:F3},{result.FromZero},{result.FromZeroShare:F3}\n"));
        }
    }

    /// <summary>The middle share of the belief that just holds the truth, into every level that is at least as wide.</summary>
    private static void Count(double needed, int[] within)
    {
        for (var level = 0; level < within.Length; level++)
        {
            within[level] += needed <= Levels[level] ? 1 : 0;
        }
    }

    private static CrowOptions Litter(CrowOptions options) => new()
    {
        Name = options.Name,
        Categories = [options.Categories[0]],
        Overdispersion = options.Overdispersion,
        PassShape = options.PassShape,
        TruckDeviation = options.TruckDeviation,
        Views = options.Views,
    };
}
