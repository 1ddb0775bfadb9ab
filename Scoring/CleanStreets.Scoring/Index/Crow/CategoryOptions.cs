using System.ComponentModel.DataAnnotations;

namespace CleanStreets.Scoring.Index;

/// <summary>One category of dirt: which detections belong to it, how fast evidence of it fades, and where its grades begin.</summary>
public sealed record CategoryOptions
{
    /// <summary>Name, as it stands in explanations.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Detection kinds with the pieces that one of them stands for. A kind in no category does not count.</summary>
    /// <remarks>The exposure is that of the first kind; counts of others are brought to its recall.</remarks>
    public required IReadOnlyList<KindWeight> Kinds { get; init; }

    /// <summary>Age in hours at which evidence weighs half.</summary>
    [Range(1.0, 24.0 * 366)]
    public required double HalfLifeHours { get; init; }

    /// <summary>Upper ends of A+, A, B and C in pieces per 100 m².</summary>
    public required IReadOnlyList<double> Cuts { get; init; }

    /// <summary>The city's usual rate before anything was seen, pieces per 100 m².</summary>
    [Range(0.001, 10_000.0)]
    public required double PriorMean { get; init; }

    /// <summary>How much the prior counts: as if this many pieces had been counted over the area that fits <see cref="PriorMean"/>. Small, so that one pass outweighs it.</summary>
    [Range(0.01, 10.0)]
    public required double PriorPieces { get; init; }
}

/// <summary>What one detection of a kind stands for.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Pieces">Pieces, to the thousandth. Default: 1.</param>
public sealed record KindWeight(string Kind, double Pieces = 1)
{
    internal long Milli { get; } = (long)Math.Round(Pieces * 1000);
}
