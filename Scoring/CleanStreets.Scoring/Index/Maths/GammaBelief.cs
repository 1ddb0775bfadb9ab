namespace CleanStreets.Scoring.Index;

/// <summary>A Gamma distribution of scale 1, for asking its distribution and density at many points quickly.</summary>
/// <remarks>
/// The absolute error of the distribution is below 2·10⁻⁷ (checked in the tests against <see cref="GammaFunction"/>), five hundred times finer
/// than the four decimals in which probabilities are told. Far out in the tails, where the whole rest is below 10⁻⁷ by the sub-gamma
/// bound (Boucheron, Lugosi, Massart 2013, 2.4: a deviation beyond √(2at) + t has a chance of at most e⁻ᵗ), nothing is computed.
/// </remarks>
internal readonly struct GammaBelief
{
    private const double TailExponent = 16.12; // e⁻¹⁶·¹² is 10⁻⁷.
    private const double Epsilon = 1e-9;
    private const int MaxTerms = 200_000;

    private readonly double _shape;
    private readonly double _logGamma;
    private readonly double _lowerTail;
    private readonly double _upperTail;

    public GammaBelief(double shape)
    {
        _shape = shape;
        _logGamma = GammaFunction.LogGamma(shape);
        var spread = Math.Sqrt(2 * shape * TailExponent);
        (_lowerTail, _upperTail) = (shape - spread, shape + spread + TailExponent);
    }

    /// <summary>The probability of at most <paramref name="x"/>.</summary>
    /// <param name="x">Bound; infinity gives 1.</param>
    /// <param name="density">The density there; 0 in the tails.</param>
    public double Below(double x, out double density)
    {
        density = 0;
        if (x <= 0 || x <= _lowerTail)
        {
            return 0;
        }

        if (x >= _upperTail)
        {
            return 1;
        }

        var front = Math.Exp((_shape * Math.Log(x)) - x - _logGamma);
        density = front / x;
        return x < _shape + 1
            ? Math.Min(1, front * Series(x))
            : Math.Max(0, 1 - (front * ContinuedFraction(x)));
    }

    /// <summary>About the value below which the probability is that of <paramref name="z"/> standard deviations of the bell curve.</summary>
    /// <remarks>Wilson and Hilferty (1931): the cube root is nearly normal. Only a first guess, to be refined.</remarks>
    public double GuessQuantile(double z)
    {
        var ninth = 1 / (9 * _shape);
        var root = 1 - ninth + (z * Math.Sqrt(ninth));
        return root <= 0 ? 0 : _shape * root * root * root;
    }

    private double Series(double x)
    {
        var term = 1 / _shape;
        var sum = term;
        for (var n = 1; n < MaxTerms && term > sum * Epsilon; n++)
        {
            term *= x / (_shape + n);
            sum += term;
        }

        return sum;
    }

    // The even part of the fraction by Steed's rule: one division a step. Denominators are positive for x > a + 1.
    private double ContinuedFraction(double x)
    {
        var b = x + 1 - _shape;
        var d = 1 / b;
        var (sum, step) = (d, d);
        for (var i = 1; i < MaxTerms && Math.Abs(step) > Epsilon * sum; i++)
        {
            var a = -i * (i - _shape);
            b += 2;
            d = 1 / ((a * d) + b);
            step *= (b * d) - 1;
            sum += step;
        }

        return sum;
    }
}
