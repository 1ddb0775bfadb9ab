using System.Globalization;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>How often the truth lay in the 90 % interval.</summary>
/// <param name="Case">The kind of street.</param>
/// <param name="Overdispersion">The factor k that the method used.</param>
/// <param name="Streets">Streets whose interval has two ends.</param>
/// <param name="Share">Share of them whose truth lay in the interval.</param>
/// <param name="MeanWidth">Mean width of the interval, in steps of the index.</param>
/// <param name="FromZero">Streets so clean that the interval begins at 0.000 as told: it has one end, and 95 % is to be expected of it.</param>
/// <param name="FromZeroShare">Share of those whose truth lay in the interval.</param>
public sealed record CalibrationResult(
    string Case, double Overdispersion, int Streets, double Share, double MeanWidth, int FromZero, double FromZeroShare);

/// <summary>Checks the 90 % interval of <see cref="CrowMethod"/> for litter against streets whose truth is known.</summary>
/// <remarks>
/// In the case <see cref="Assumed"/> the share must be 0.9: there the simulation is the process that fading and over-dispersion assume, so that
/// anything else is a fault of ours. The other cases break the assumptions on purpose; they tell how far the interval can be believed.
/// </remarks>
public static class CalibrationRunner
{
    /// <summary>Name of the case that must come out.</summary>
    public const string Assumed = "assumed process";

    private const double Rounding = 0.0005; // The interval is told to three decimals.

    private static readonly (string Name, Func<Draws, CategoryOptions, double, SimulatedStreet> Draw)[] Cases =
    [
        (Assumed, SimulatedStreet.Assumed),
        ("constant truth", static (draws, _, _) => SimulatedStreet.Constant(draws)),
        ("over-scattered counts", static (draws, _, _) => SimulatedStreet.Scattered(draws)),
        ("one truck with a biased camera", static (draws, _, _) => SimulatedStreet.BiasedCamera(draws)),
        ("always passed before weekly sweeping", static (draws, _, _) => SimulatedStreet.PassedBeforeSweeping(draws)),
        ("same litter seen eight times", static (draws, _, _) => SimulatedStreet.SeenEightTimes(draws)),
    ];

    /// <summary>Simulates every case.</summary>
    /// <param name="streets">Streets of each case.</param>
    /// <param name="seed">The same seed gives the same results.</param>
    /// <param name="overdispersion">The factor k. The assumed process clumps pieces by it, so it is a whole number.</param>
    public static IReadOnlyList<CalibrationResult> Run(int streets, int seed, int overdispersion)
    {
        var litter = CrowOptions.DefaultCategories[0];
        var method = new CrowMethod(new CrowOptions { Categories = [litter], Overdispersion = overdispersion });
        var scale = new GradeScale(litter.Cuts);
        return [.. Cases.Select(c => Check(c.Name, draws => c.Draw(draws, litter, overdispersion)))];

        CalibrationResult Check(string name, Func<Draws, SimulatedStreet> draw)
        {
            var draws = new Draws(new Random(seed));
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
            }

            return new CalibrationResult(name, overdispersion, seen, Of(held, seen), Of(width, seen), fromZero, Of(fromZeroHeld, fromZero));
        }

        static double Of(double part, int all) => all == 0 ? 0 : part / all;
    }

    /// <summary>Writes results as CSV: <c>case,overdispersion,streets,share,meanWidth,fromZero,fromZeroShare</c>.</summary>
    public static void Write(IEnumerable<CalibrationResult> results, TextWriter output)
    {
        output.Write("case,overdispersion,streets,share,meanWidth,fromZero,fromZeroShare\n");
        foreach (var result in results)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Case},{result.Overdispersion},{result.Streets},{result.Share:F3},{result.MeanWidth:F3},{result.FromZero},{result.FromZeroShare:F3}\n"));
        }
    }
}
