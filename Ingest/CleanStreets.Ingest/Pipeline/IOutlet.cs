using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Where marks and scores are published: our own listener, or somebody else's broker.</summary>
internal interface IOutlet
{
    /// <summary>Publishes a retained message, at once or later. Never waits; of two messages on one topic the later counts.</summary>
    void Publish(MqttMessage message);
}
