using Polly;
using Polly.Retry;

namespace CleanStreets.Mqtt.Client;

/// <summary>When to try again. Decides and does nothing itself.</summary>
internal static class ReconnectPolicy
{
    /// <summary>Whether trying again soon would hear the same: somebody has to change something first.</summary>
    public static bool IsLasting(MqttReasonCode reason) => reason is MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.NotAuthorized
        or MqttReasonCode.Banned or MqttReasonCode.ClientIdentifierNotValid or MqttReasonCode.UnsupportedProtocolVersion
        or MqttReasonCode.BadAuthenticationMethod or MqttReasonCode.UseAnotherServer or MqttReasonCode.ServerMoved;

    /// <summary>The pause after a failure that lasts, within a quarter around its length so that a fleet does not come back at once; null: the backoff decides.</summary>
    public static TimeSpan? Pause(MqttReasonCode reason, TimeSpan refusedPause, double jitter) =>
        IsLasting(reason) ? refusedPause * (0.75 + (jitter / 2)) : null;

    /// <summary>Tries until it succeeds: exponential backoff with jitter, or the long pause where that is due.</summary>
    public static ResiliencePipeline Build(MqttClientOptions options, Func<double> jitter, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<MqttLinkLostException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = jitter,
                Delay = options.ReconnectMinDelay,
                MaxDelay = options.ReconnectMaxDelay,
                DelayGenerator = attempt => ValueTask.FromResult(
                    Pause(((MqttLinkLostException)attempt.Outcome.Exception!).Reason, options.RefusedPause, jitter())),
            })
            .Build();
}
