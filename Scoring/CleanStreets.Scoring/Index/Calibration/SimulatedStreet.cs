namespace CleanStreets.Scoring.Index;

/// <summary>A street with a known truth: passes over it, a moment, and the rate at that moment in pieces per 100 m².</summary>
/// <param name="Evidence">What the passes saw.</param>
/// <param name="AsOfMs">The moment.</param>
/// <param name="Rate">The truth then.</param>
internal readonly record struct SimulatedStreet(SegmentEvidence Evidence, long AsOfMs, double Rate)
{
    private const double SquareMetresPerUnit = 100;
    private const double WeekHours = 7 * 24;
    private const double RecallError = 0.35; // Standard deviation of its logarithm.

    /// <summary>The process that the method assumes, its scatter included.</summary>
    /// <remarks>
    /// Pieces lie in clumps of k, clumps fall by chance (Poisson) at a rate that each pass's day and each truck's camera multiply by factors of
    /// their own. Between two passes the rate wanders so that belief in it, Gamma(a, b), fades as the method lets it fade: with a′ and b′ what
    /// is left, λ′ = λ · Beta(a′, a − a′) · b ÷ b′ is Gamma(a′, b′). This is the discounting of Smith and Miller (1986), towards the city's prior.
    /// </remarks>
    public static SimulatedStreet Assumed(Draws draws, LitterBelief belief)
    {
        var (passes, options) = (new SimulatedPasses(), belief.Options);
        var (priorShape, priorArea) = belief.Of(passes.Evidence, 0);
        var rate = draws.Gamma(priorShape) / priorArea;
        var at = 0L;
        double[] cameras = [.. Enumerable.Range(0, SimulatedPasses.TruckCount).Select(_ => Camera(draws, options.TruckDeviation))];
        foreach (var (atMs, squareMetres) in Round(draws))
        {
            Wander(atMs);
            var truck = options.TruckDeviation > 0 ? draws.Below(cameras.Length) : 0;
            var day = double.IsFinite(options.PassShape) ? draws.Gamma(options.PassShape) / options.PassShape : 1;
            var clumps = draws.Poisson(rate * day * cameras[truck] * squareMetres / SquareMetresPerUnit / options.Overdispersion);
            passes.Add(atMs, squareMetres, (int)(clumps * options.Overdispersion), truck);
            at = atMs;
        }

        var asOfMs = Later(draws, at);
        Wander(asOfMs);
        return new SimulatedStreet(passes.Evidence, asOfMs, rate);

        void Wander(long toMs)
        {
            var (shape, area) = belief.Of(passes.Evidence, at);
            var (left, leftArea) = belief.Of(passes.Evidence, toMs);
            rate *= (shape > left ? draws.Beta(left, shape - left) : 1) * area / leftArea;
        }
    }

    /// <summary>A rate that never changes, and pieces that lie by chance; three trucks take turns.</summary>
    public static SimulatedStreet Constant(Draws draws) => Counted(draws, SimulatedPasses.TruckCount, static _ => 1);

    /// <summary>Counts that scatter as a negative binomial with a shape of 1: each pass meets its own day; three trucks take turns.</summary>
    public static SimulatedStreet Scattered(Draws draws) => Counted(draws, SimulatedPasses.TruckCount, static d => d.Gamma(1));

    /// <summary>One truck whose camera finds too many or too few, the same way on every pass.</summary>
    public static SimulatedStreet BiasedCamera(Draws draws)
    {
        var bias = Math.Exp(RecallError * draws.Normal());
        return Counted(draws, 1, _ => bias);
    }

    /// <summary>Swept every week, and always passed in the last hours before it; asked about at any moment of the week.</summary>
    public static SimulatedStreet PassedBeforeSweeping(Draws draws)
    {
        var passes = new SimulatedPasses();
        var fullRate = City(draws);
        for (var week = 1; week <= 3; week++)
        {
            var squareMetres = draws.Uniform(200, 600);
            passes.Add(
                SimulatedPasses.MiddleOf((week * WeekHours) - draws.Uniform(1, 8)), squareMetres, draws.Poisson(fullRate * squareMetres / SquareMetresPerUnit));
        }

        var phase = draws.Uniform(0, 1);
        return new SimulatedStreet(passes.Evidence, SimulatedPasses.MiddleOf((3 + phase) * WeekHours), fullRate * (0.1 + (0.9 * phase)));
    }

    /// <summary>The same litter, seen on eight passes of one day.</summary>
    public static SimulatedStreet SeenEightTimes(Draws draws)
    {
        var passes = new SimulatedPasses();
        double rate = City(draws), squareMetres = draws.Uniform(200, 600);
        var pieces = draws.Poisson(rate * squareMetres / SquareMetresPerUnit);
        for (var pass = 0; pass < 8; pass++)
        {
            passes.Add(SimulatedPasses.MiddleOf(pass * 2), squareMetres, pieces);
        }

        return new SimulatedStreet(passes.Evidence, Later(draws, SimulatedPasses.MiddleOf(14)), rate);
    }

    private static SimulatedStreet Counted(Draws draws, int trucks, Func<Draws, double> factor)
    {
        var passes = new SimulatedPasses();
        var rate = City(draws);
        var last = 0L;
        foreach (var (atMs, squareMetres) in Round(draws))
        {
            passes.Add(atMs, squareMetres, draws.Poisson(rate * factor(draws) * squareMetres / SquareMetresPerUnit), trucks == 1 ? 0 : draws.Below(trucks));
            last = atMs;
        }

        return new SimulatedStreet(passes.Evidence, Later(draws, last), rate);
    }

    /// <summary>What a camera multiplies its counts by; 1 on average.</summary>
    private static double Camera(Draws draws, double deviation) =>
        deviation > 0 ? Math.Exp((deviation * draws.Normal()) - (deviation * deviation / 2)) : 1;

    /// <summary>Rates of a city: most streets fairly clean, some dirty.</summary>
    private static double City(Draws draws) => 4 * draws.Gamma(1);

    /// <summary>Six passes, one to three days apart, each seeing 2 to 6 m² of every metre.</summary>
    private static IEnumerable<(long AtMs, double SquareMetres)> Round(Draws draws)
    {
        var hour = 0.0;
        for (var pass = 0; pass < 6; pass++)
        {
            hour += draws.Uniform(24, 72);
            yield return (SimulatedPasses.MiddleOf(hour), Math.Round(draws.Uniform(200, 600)));
        }
    }

    private static long Later(Draws draws, long lastMs) => lastMs + ((long)draws.Uniform(0, 48) * SimulatedPasses.HourMs);
}
