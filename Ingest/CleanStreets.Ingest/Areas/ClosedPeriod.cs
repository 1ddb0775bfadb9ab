using System.Text.Json.Serialization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Scoring.Areas;

namespace CleanStreets.Ingest.Areas;

/// <summary>A period of the layer as it was computed when it was closed.</summary>
/// <param name="Report">What people are told.</param>
/// <param name="NetworkVersion">The streets it was computed on.</param>
/// <param name="Spreads">How each area's number may err, in the order of the report's areas; null where nothing was seen.</param>
internal sealed record ClosedPeriod(AreaReport Report, string NetworkVersion, IReadOnlyList<ClosedSpread?> Spreads)
{
    public DateTimeOffset From => Report.From!.Value;

    public DateTimeOffset To => Report.To;

    /// <summary>The spread of an area; null when the layer had none of that name, or nothing of it was seen.</summary>
    public AreaSpread? SpreadOf(string area)
    {
        for (var at = 0; at < Report.Areas.Count; at++)
        {
            if (Report.Areas[at].Area == area)
            {
                return Spreads[at]?.ToSpread();
            }
        }

        return null;
    }
}

/// <summary>An <see cref="AreaSpread"/> as it is kept.</summary>
/// <param name="Value">The number, unrounded.</param>
/// <param name="OwnVariance">Variance that streets have by themselves.</param>
/// <param name="TruckSlopes">By truck.</param>
internal sealed record ClosedSpread(double Value, double OwnVariance, IReadOnlyDictionary<string, double> TruckSlopes)
{
    public static ClosedSpread Of(AreaSpread spread) => new(
        spread.Value, spread.OwnVariance, new SortedDictionary<string, double>(spread.TruckSlopes.ToDictionary(slope => slope.Key.Value, slope => slope.Value), StringComparer.Ordinal));

    public AreaSpread ToSpread() => new(Value, OwnVariance, TruckSlopes.ToDictionary(slope => TruckId.Parse(slope.Key), slope => slope.Value));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Contracts.Scores.GradeJsonConverter)])]
[JsonSerializable(typeof(ClosedPeriod))]
internal sealed partial class ClosedPeriodJson : JsonSerializerContext;
