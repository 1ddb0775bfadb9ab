using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace CleanStreets.Ingest.Store;

/// <summary>What is done about a store that does not answer, answers late, or says no for now.</summary>
/// <remarks>
/// The guard is for everybody who asks the store: a time-out, and a circuit breaker, so that a reader of history hears at once that
/// it is down. Its loop wraps the guard in a retry without end: rows wait in the log, where waiting costs no memory.
/// </remarks>
internal static class StoreRetry
{
    /// <summary>A store may ask for longer; it is asked again all the same, or a wrong header would silence it for a year.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    public static ResiliencePipeline Guard(StoreOptions options, TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = static args => ValueTask.FromResult(IsFailure(args.Outcome.Exception)),
            FailureRatio = 1,
            MinimumThroughput = options.BreakAfter,
            SamplingDuration = TimeSpan.FromMinutes(2),
            BreakDuration = options.BreakPause,
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = options.WriteTimeout })
        .Build();

    public static ResiliencePipeline Endless(StoreOptions options, TimeProvider time, Action<Exception> failed) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static args => ValueTask.FromResult(IsFailure(args.Outcome.Exception)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryPause,
                MaxDelay = options.LongestRetryPause,
                DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Exception switch
                {
                    StoreUnavailableException { RetryAfter: { } pause } => pause < LongestRetryAfter ? pause : LongestRetryAfter,
                    BrokenCircuitException { RetryAfter: { } pause } => pause,
                    _ => (TimeSpan?)null,
                }),
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is { } fault and not BrokenCircuitException)
                    {
                        failed(fault);
                    }

                    return default;
                },
            })
            .Build();

    // A stop is no failure; everything else is, a bug in one store included: it must not end the others.
    private static bool IsFailure(Exception? fault) => fault is not null and not OperationCanceledException;
}
