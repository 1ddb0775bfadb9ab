using System.Collections.Immutable;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>What the client hears.</summary>
public sealed partial class MqttClient
{
    /// <summary>Subscribes now if the link is up, and again after every reconnect. A message is acknowledged after its handler.</summary>
    /// <param name="filter">A topic filter; <c>$share/group/filter</c> shares the messages with the other members of the group.</param>
    /// <param name="qualityOfService">The highest with which messages are to arrive; the server may grant less.</param>
    /// <param name="handler">Runs for each message, one at a time; its token is cancelled when the client stops.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <remarks>
    /// A handler that throws is logged, and the message is acknowledged with 0x83 (3.1.1: plainly). Subscribing a filter again replaces its handler.
    /// While <see cref="MqttClientOptions.ReceiveMaximum"/> messages wait for handlers nothing is read, acknowledgements of our own publishes
    /// neither: a handler that awaits a publish of QoS 1 or 2 may then wait for itself. Start such a publish and do not await it.
    /// </remarks>
    /// <exception cref="MqttRefusedException">The server refused the filter; it is forgotten.</exception>
    /// <exception cref="ArgumentException">The filter is not a topic filter.</exception>
    public Task SubscribeAsync(
        string filter, QualityOfService qualityOfService, Func<MqttMessage, CancellationToken, ValueTask> handler, CancellationToken cancellationToken) =>
        SubscribeAsync(
            new ClientSubscription(filter, qualityOfService, (received, token) => handler(received.Message, token), IsManual: false), cancellationToken);

    /// <summary>Subscribes with a handler that acknowledges by itself, when it likes and from any thread: <see cref="MqttReceived.Acknowledge"/>.</summary>
    /// <remarks>
    /// At most <see cref="MqttClientOptions.ReceiveMaximum"/> messages are unacknowledged at once; then the server waits. A handler that throws
    /// has its message acknowledged with 0x83 (3.1.1: plainly), unless it did so before. Where two filters match one message, it is enough that one is manual.
    /// </remarks>
    /// <inheritdoc cref="SubscribeAsync(string, QualityOfService, Func{MqttMessage, CancellationToken, ValueTask}, CancellationToken)"/>
    public Task SubscribeManualAsync(
        string filter, QualityOfService qualityOfService, Func<MqttReceived, CancellationToken, ValueTask> handler, CancellationToken cancellationToken) =>
        SubscribeAsync(new ClientSubscription(filter, qualityOfService, handler, IsManual: true), cancellationToken);

    /// <summary>Forgets a filter and tells the server if the link is up.</summary>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        var known = _subscriptions.FirstOrDefault(subscription => subscription.Filter == filter);
        Forget(filter);
        if (known is not null && Volatile.Read(ref _link) is { } link)
        {
            try
            {
                await link.SubscribeAsync(PacketType.Unsubscribe, [known], cancellationToken);
            }
            catch (MqttLinkLostException)
            {
                // Forgotten already: the next connection does not subscribe it.
            }
        }
    }

    /// <summary>Filters that are remembered and that the server refused when it was last asked: nothing is heard of them, though the link is up.</summary>
    public IReadOnlyList<string> RefusedFilters => [.. _subscriptions.Where(subscription => subscription.Refusal is not null).Select(subscription => subscription.Filter)];

    /// <summary>Asks again for <see cref="RefusedFilters"/> over the link that is up, for a right that has been given meanwhile.</summary>
    public async Task SubscribeRefusedAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _link) is not { } link)
        {
            return; // The next connection asks for them.
        }

        try
        {
            await RestoreAsync(link, _subscriptions.RemoveAll(subscription => subscription.Refusal is null), cancellationToken);
        }
        catch (MqttLinkLostException)
        {
            // Likewise.
        }
    }

    private async Task SubscribeAsync(ClientSubscription subscription, CancellationToken cancellationToken)
    {
        var filter = subscription.FilterBytes;
        if (!MessageCheck.IsText(subscription.Filter) || !MqttText.IsTopicFilter(filter) || MqttText.IsMisshapedShare(filter))
        {
            throw new ArgumentException($"'{subscription.Filter}' is not a topic filter.", nameof(subscription));
        }

        ImmutableInterlocked.Update(ref _subscriptions, static (list, added) => list.RemoveAll(old => old.Filter == added.Filter).Add(added), subscription);
        if (Volatile.Read(ref _link) is not { } link)
        {
            return; // Remembered: the next connection subscribes it.
        }

        try
        {
            var code = (MqttReasonCode)(await link.SubscribeAsync(PacketType.Subscribe, [subscription], cancellationToken))[0];
            subscription.IsGranted = !code.IsFailure();
            if (code.IsFailure())
            {
                Forget(subscription.Filter);
                throw new MqttRefusedException($"Cannot subscribe '{subscription.Filter}'", code);
            }
        }
        catch (MqttLinkLostException)
        {
            // Remembered as well.
        }
    }

    private void Forget(string filter) =>
        ImmutableInterlocked.Update(ref _subscriptions, static (list, gone) => list.RemoveAll(old => old.Filter == gone), filter);
}
