using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Where marks and scores are published: our own listener, or somebody else's broker.</summary>
internal interface IOutlet
{
    /// <summary>Publishes a retained message, at once or later; of two messages on one topic the later counts. Waits while too many are on their way.</summary>
    ValueTask PublishAsync(MqttMessage message);

    /// <summary>The same without waiting. False: too many are on their way; say it again later, or something newer in its place.</summary>
    bool TryPublish(MqttMessage message);

    /// <summary>Whether whoever retains this topic has taken the empty message that was published last on it, or something newer was published.</summary>
    bool IsCleared(string topic);
}
