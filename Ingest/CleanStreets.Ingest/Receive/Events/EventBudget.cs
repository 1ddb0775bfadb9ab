using System.Threading.RateLimiting;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>What one sender may send over HTTP: who sends more is told when to come back.</summary>
/// <remarks>
/// A sender is a key at an address. It is told rather than read slowly, because a request that is read slowly keeps one of the few places
/// that all senders share; and whoever delivers events has to understand 429.
/// </remarks>
internal sealed class EventBudget(BudgetOptions options) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<HttpContext> _bytes = Limiter(options, options.BytesPerSecond, options.BurstBytes);
    private readonly PartitionedRateLimiter<HttpContext> _events = Limiter(options, options.MessagesPerSecond, options.BurstMessages);

    /// <summary>Takes bytes; answers how long to wait when there are not so many.</summary>
    public TimeSpan? TakeBytes(HttpContext context, long count) => Take(_bytes, context, count, options.BurstBytes);

    /// <summary>The same for events.</summary>
    public TimeSpan? TakeEvents(HttpContext context, int count) => Take(_events, context, count, options.BurstMessages);

    public void Dispose()
    {
        _bytes.Dispose();
        _events.Dispose();
    }

    private TimeSpan? Take(PartitionedRateLimiter<HttpContext> limiter, HttpContext context, long count, int burst)
    {
        // Never more than there can be, or a large request would be refused for ever.
        using var lease = limiter.AttemptAcquire(context, (int)Math.Min(count, Times(burst)));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Second;
    }

    private int Times(int one) => Times(options, one);

    private static int Times(BudgetOptions options, int one) => (int)Math.Min((long)one * options.DevicesPerHttpSender, int.MaxValue);

    private static PartitionedRateLimiter<HttpContext> Limiter(BudgetOptions options, int perSecond, int burst) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => perSecond == 0 || (EventKeys.SenderOf(context) is not { } sender && !options.IncludesLoopback)
            ? RateLimitPartition.GetNoLimiter(string.Empty)
            : RateLimitPartition.GetTokenBucketLimiter(EventKeys.SenderOf(context) ?? "this machine", _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = Times(options, burst),
                TokensPerPeriod = Times(options, perSecond),
                ReplenishmentPeriod = Second,
            }));
}
