using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Log messages of work orders: 5200–5299.</summary>
internal static partial class OrdersLog
{
    [LoggerMessage(5200, LogLevel.Information, "Opened order {Order} on {Segment} for {Crew}")]
    public static partial void Opened(ILogger logger, OrderId order, SegmentId segment, CrewId crew);

    [LoggerMessage(5201, LogLevel.Information, "Recheck of {Order}: {Sentence}")]
    public static partial void Rechecked(ILogger logger, OrderId order, string sentence);

    [LoggerMessage(5202, LogLevel.Error, "A request to the order desk ({Request}) failed and changed nothing")]
    public static partial void Failed(ILogger logger, string request, Exception problem);

    [LoggerMessage(5204, LogLevel.Warning, "Cancelled order {Order}: its street {Segment} is no longer part of the street network")]
    public static partial void Withdrawn(ILogger logger, OrderId order, SegmentId segment);

    [LoggerMessage(5203, LogLevel.Warning, "A fact waits for ingest: {Problem}; it is kept and sent again")]
    public static partial void FactWaits(ILogger logger, string problem);
}
