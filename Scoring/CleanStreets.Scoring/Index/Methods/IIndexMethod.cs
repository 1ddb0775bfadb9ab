namespace CleanStreets.Scoring.Index;

/// <summary>A published cleanliness index, versioned, over the same observations as every other. A city's own is one file that implements this.</summary>
/// <remarks>Pure: the same conditions give the same numbers. Register it in <see cref="IndexMethods"/> or hand it to <c>AreaIndexer</c>.</remarks>
public interface IIndexMethod
{
    /// <summary>Name and version, beside every number. Another rule or other settings: another name.</summary>
    string Name { get; }

    /// <summary>What the number means, in a few words: its scale, and which end is clean.</summary>
    string Scale { get; }

    /// <summary>The classes into which a street's number is cut. Default: none; such a method is compared by its numbers alone.</summary>
    IndexGrades? Grades => null;

    /// <summary>The smallest and the largest number there can be: no interval goes beyond. Default: none.</summary>
    (double Least, double Most) Range => (double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Whether <see cref="Judge"/> gives deviations. Without them an area's interval holds only what trucks do to all their streets alike, and that is said beside it. Default: yes.</summary>
    bool HasDeviations => true;

    /// <summary>How evidence becomes belief: categories, priors, scatter, and which passes are views. Default: that of <c>crow-1</c>.</summary>
    CrowOptions Beliefs => CrowOptions.Crow1;

    /// <summary>What the method says of one street.</summary>
    SegmentValue Judge(SegmentCondition condition);

    /// <summary>The number of <see cref="Judge"/> alone. Default: that; say it where the deviation costs more than the number.</summary>
    double ValueOf(SegmentCondition condition) => Judge(condition).Value;

    /// <summary>How much a street counts in an area, from the metres of it that lie inside. Default: those metres.</summary>
    /// <param name="insideMetres">Metres inside the area.</param>
    /// <param name="lengthMetres">Metres in all.</param>
    double Weigh(double insideMetres, double lengthMetres) => insideMetres;

    /// <summary>The area's number out of its streets' numbers. Default: the weighted mean.</summary>
    /// <param name="streets">Streets that were seen, one or more, with the weight of each.</param>
    double Combine(IReadOnlyList<WeightedValue> streets)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var street in streets)
        {
            sum += street.Weight * street.Value.Value;
            weights += street.Weight;
        }

        return sum / weights;
    }
}

/// <summary>What a method says of one street.</summary>
/// <param name="Value">The number.</param>
/// <param name="Deviation">Its standard deviation as far as this street's own evidence goes; 0 for a method that has none.</param>
public readonly record struct SegmentValue(double Value, double Deviation = 0);

/// <summary>One street's number in an area.</summary>
/// <param name="Condition">What is believed of the street.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="InsideShare">Share of its length inside the area, 0–1.</param>
/// <param name="Value">The method's number.</param>
public readonly record struct WeightedValue(SegmentCondition Condition, double Weight, double InsideShare, SegmentValue Value);
