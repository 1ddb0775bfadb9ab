using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Index;

/// <summary>Weighted sums of what one truck saw on one street.</summary>
internal sealed class TruckSums(TruckId truck, int categories)
{
    public TruckId Truck { get; } = truck;

    /// <summary>Σ weight × pieces, by category.</summary>
    public double[] Pieces { get; } = new double[categories];

    /// <summary>Σ weight × m², by category.</summary>
    public double[] SquareMetres { get; } = new double[categories];

    /// <summary>Σ weight² × m², by category.</summary>
    public double[] SquaredWeights { get; } = new double[categories];

    /// <summary>Σ weight × exposure², by category, in m⁴; for a period Σ weight² × exposure².</summary>
    public double[] SquaredExposures { get; } = new double[categories];

    /// <summary>Passes.</summary>
    public int Passes { get; set; }
}
