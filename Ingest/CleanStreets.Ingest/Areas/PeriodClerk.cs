using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Areas;

/// <summary>Closes periods: at the end of each month that month, and the three months that end with it.</summary>
/// <remarks>
/// Two days later, because what waited on a truck's disk comes late. Months are those of UTC. A period that ingest slept through is closed afterwards while all of its evidence
/// is still held, and otherwise never: a number out of half the evidence would look like the others. While the machine's clock is not believed none is closed: closed is for good.
/// </remarks>
internal sealed class PeriodClerk(AreaDesk desk, IngestPipeline pipeline, ILogger<PeriodClerk> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Grace = TimeSpan.FromDays(2);
    private static readonly int[] Months = [1, 3];

    /// <summary>Periods that are to be closed at a moment, the oldest first.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="reach">How far evidence reaches back.</param>
    public static IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Due(DateTimeOffset now, TimeSpan reach)
    {
        var due = new List<(DateTimeOffset, DateTimeOffset)>();
        var begun = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var end = begun; end > now - reach; end = end.AddMonths(-1))
        {
            due.AddRange(Months.Select(months => (end.AddMonths(-months), end)).Where(period => period.Item1 >= now - reach && period.end + Grace <= now));
        }

        due.Reverse();
        return due;
    }

    /// <summary>Closes what is due and not closed yet.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (pipeline.Clock.Doubt is not null)
        {
            return;
        }

        foreach (var (from, to) in Due(pipeline.Clock.GetUtcNow(), desk.Reach))
        {
            if (await desk.CloseAsync(from, to, cancellationToken) is { } closed)
            {
                logger.PeriodClosed(from, to, closed.Report.Areas.Count);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await pipeline.Recovered.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Every, pipeline.Clock);
            do
            {
                try
                {
                    await CloseAsync(stoppingToken);
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
                {
                    logger.PeriodNotClosed(fault.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopped, or never caught up.
        }
    }
}

/// <summary>What is said about closed periods.</summary>
internal static partial class PeriodLog
{
    [LoggerMessage(2090, LogLevel.Information, "The period from {From:yyyy-MM-dd} to {To:yyyy-MM-dd} is closed: the figures of {Areas} areas and of their streets are kept for good.")]
    public static partial void PeriodClosed(this ILogger logger, DateTimeOffset from, DateTimeOffset to, int areas);

    [LoggerMessage(2091, LogLevel.Error, "A period could not be closed ({Reason}); it is tried again within the hour.")]
    public static partial void PeriodNotClosed(this ILogger logger, string reason);
}
