using System.Runtime.Intrinsics;

namespace CleanStreets.Scoring.Index;

/// <summary>What counts are worth when each pass meets its own day and each truck has its own camera.</summary>
/// <remarks>
/// A pass counts n pieces on e (100 m²) with a variance of k·λe + (λe)² ÷ shape, a negative binomial with clumps; a truck multiplies all it
/// counts by one factor of deviation σ. So one truck's pieces, Σwn, are worth i = Σwn ÷ (k + λ·(Σwe² ÷ Σwe) ÷ shape) independent ones, and
/// i ÷ (1 + σ²·i) together with its camera, at most 1 ÷ σ². Trucks err independently, so theirs add up. λ is the mean without all this.
/// With an infinite shape and no deviation it is Σwn ÷ k: the plain factor.
/// </remarks>
internal readonly struct Scatter(CrowOptions options)
{
    private readonly double _factor = options.Overdispersion;
    private readonly double _perShape = 1 / options.PassShape;
    private readonly double _variance = options.TruckDeviation * options.TruckDeviation;

    /// <summary>Independent pieces that one truck's passes are worth, its camera's error reckoned with.</summary>
    /// <param name="rate">Pieces per 100 m² to expect.</param>
    /// <param name="pieces">Σ weight × pieces.</param>
    /// <param name="units">Σ weight × exposure, in 100 m².</param>
    /// <param name="squaredUnits">Σ weight × exposure².</param>
    public double Worth(double rate, double pieces, double units, double squaredUnits)
    {
        var information = WorthOfPasses(rate, pieces, units, squaredUnits);
        return information / (1 + (_variance * information));
    }

    /// <summary>Independent pieces that passes are worth when every camera counts alike.</summary>
    /// <inheritdoc cref="Worth(double, double, double, double)"/>
    public double WorthOfPasses(double rate, double pieces, double units, double squaredUnits) =>
        units > 0 ? pieces / (_factor + (rate * (squaredUnits / units) * _perShape)) : 0;

    /// <summary>Of several categories at once, to the same last bit.</summary>
    /// <inheritdoc cref="Worth(double, double, double, double)"/>
    public Vector256<double> Worth(Vector256<double> rate, Vector256<double> pieces, Vector256<double> units, Vector256<double> squaredUnits)
    {
        var ofPasses = pieces / (Vector256.Create(_factor) + (rate * (squaredUnits / units) * Vector256.Create(_perShape)));
        var information = Vector256.ConditionalSelect(Vector256.GreaterThan(units, Vector256<double>.Zero), ofPasses, Vector256<double>.Zero);
        return information / (Vector256<double>.One + (Vector256.Create(_variance) * information));
    }
}
