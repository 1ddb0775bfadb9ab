using System.ComponentModel.DataAnnotations;

namespace CleanStreets.WorkOrders;

/// <summary>How much work a day holds.</summary>
public sealed class DayPlanOptions
{
    /// <summary>Section of the settings.</summary>
    public const string Section = "WorkOrders:DayPlan";

    /// <summary>Most orders a crew gets in a day, unless the crew says otherwise. Default: 12 (ours): forty minutes each in an eight-hour day.</summary>
    [Range(0, 500)]
    public int OrdersPerCrewAndDay { get; set; } = 12;

    /// <summary>Most orders a crew has open, accepted or started at a time. Default: 4 (ours): some hours of work; later evidence ranks the rest better.</summary>
    [Range(1, 500)]
    public int LiveOrdersPerCrew { get; set; } = 4;

    /// <summary>Kilometres that a crew with a full day may be nearer than an idle one before it still gets the order. Default: 3.</summary>
    /// <remarks>0 always takes the nearest crew with room; larger spreads the work more evenly.</remarks>
    [Range(0.0, 1000.0)]
    public double BalanceKilometres { get; set; } = 3;
}
