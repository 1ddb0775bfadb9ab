namespace CleanStreets.Edge.Simulate;

/// <summary>Error of a receiver between houses: it drifts rather than jumps, about 4 m away from the truth.</summary>
internal sealed class GpsNoise(Random random)
{
    // Of 3 m on each axis the distance is 3.8 m on average; nine tenths of an error are still there a second later.
    private const double SigmaMetres = 3;
    private const double Persistence = 0.9;

    private double _x = SigmaMetres * Normal(random);
    private double _y = SigmaMetres * Normal(random);

    public (double X, double Y) Next()
    {
        var fresh = SigmaMetres * Math.Sqrt(1 - (Persistence * Persistence));
        _x = (Persistence * _x) + (fresh * Normal(random));
        _y = (Persistence * _y) + (fresh * Normal(random));
        return (_x, _y);
    }

    /// <summary>A number of the standard normal distribution (Box and Muller).</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>How many of things that come at random, <paramref name="mean"/> on average (Knuth).</summary>
    public static int Poisson(Random random, double mean)
    {
        var (limit, product, count) = (Math.Exp(-Math.Min(mean, 500)), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
