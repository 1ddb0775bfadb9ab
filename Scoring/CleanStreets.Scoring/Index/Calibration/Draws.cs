namespace CleanStreets.Scoring.Index;

/// <summary>Random numbers of the distributions that streets are simulated with.</summary>
internal sealed class Draws(Random random)
{
    private const double SmallMean = 30;

    /// <summary>Evenly between two bounds.</summary>
    public double Uniform(double from, double to) => from + ((to - from) * random.NextDouble());

    /// <summary>A whole number from 0 to below a bound.</summary>
    public int Below(int bound) => random.Next(bound);

    /// <summary>The bell curve, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    /// <summary>A Gamma variable of scale 1, by Marsaglia and Tsang (2000).</summary>
    public double Gamma(double shape)
    {
        if (shape <= 0)
        {
            return 0;
        }

        if (shape < 1)
        {
            return Gamma(shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + (c * x);
            v = v * v * v;
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>A Beta variable: the share of the first of two Gamma variables in their sum.</summary>
    public double Beta(double a, double b)
    {
        var first = Gamma(a);
        var sum = first + Gamma(b);
        return sum > 0 ? first / sum : 1;
    }

    /// <summary>A Poisson variable; a large mean is the sum of two halves.</summary>
    public int Poisson(double mean)
    {
        if (mean > SmallMean)
        {
            return Poisson(mean / 2) + Poisson(mean / 2);
        }

        var (count, product, limit) = (0, 1 - random.NextDouble(), Math.Exp(-mean));
        while (product > limit)
        {
            product *= 1 - random.NextDouble();
            count++;
        }

        return count;
    }
}
