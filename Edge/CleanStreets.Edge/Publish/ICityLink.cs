using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.Publish;

/// <summary>A truck's way to the city: where batches and status go, and where marks and settings come from.</summary>
/// <remarks>
/// It knows the server's own ways (topics, tokens, twins), and nothing of sessions and the spool. Once started it comes back by itself until it is stopped.
/// <see cref="SendAsync"/> and <see cref="SayAsync"/> throw <see cref="MqttLinkLostException"/> when the link is down or goes down before the answer: what was sent may have arrived.
/// </remarks>
internal interface ICityLink : IAsyncDisposable
{
    /// <summary>Whether there is a link now. Any thread.</summary>
    bool IsConnected { get; }

    /// <summary>Begins to connect and returns at once.</summary>
    /// <param name="handlers">Called from the link's own threads, one at a time; must not wait for the link.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task StartAsync(LinkHandlers handlers, CancellationToken cancellationToken);

    /// <summary>Waits for the link.</summary>
    Task WaitConnectedAsync(CancellationToken cancellationToken);

    /// <summary>Sends an encoded batch of readings and waits for the server's answer.</summary>
    ValueTask<SendResult> SendAsync(EncodedBatch batch, CancellationToken cancellationToken);

    /// <summary>Whether pictures can be sent this way.</summary>
    bool TakesEvidence => false;

    /// <summary>Sends an evidence picture and waits for the server's answer.</summary>
    /// <param name="evidenceId">The picture.</param>
    /// <param name="message">The picture as it travels.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<SendResult> SendEvidenceAsync(string evidenceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No pictures go this way.");

    /// <summary>Says how the truck is.</summary>
    ValueTask SayAsync(TruckStatus status, CancellationToken cancellationToken);

    /// <summary>Makes the link anew with the credentials of now; a link that asks for them by itself does nothing.</summary>
    Task RenewAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Closes the link in good order, so that the last will stays unsaid.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>A batch of readings as it travels.</summary>
/// <param name="Id">Session and sequences, for people who look for it on the way; at most 128 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
/// <param name="Format">Its wire form.</param>
/// <param name="Payload">The whole batch.</param>
internal readonly record struct EncodedBatch(string Id, ReadingFormat Format, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The truck that it was taken on; null: the link's own.</summary>
    public TruckId? Truck { get; init; }
}

/// <summary>What the server answered to a batch.</summary>
/// <param name="IsStored">The server's word is enough: nothing in the batch need be sent again. False: a mark of the city says when.</param>
/// <param name="Refusal">Why the server did not take it, in a sentence; null when it did.</param>
internal readonly record struct SendResult(bool IsStored, string? Refusal = null)
{
    /// <summary>The server took it; the city's mark decides.</summary>
    public static SendResult Taken { get; } = new(IsStored: false);

    /// <summary>The server took it for good.</summary>
    public static SendResult Stored { get; } = new(IsStored: true);

    /// <summary>The server did not take it.</summary>
    public static SendResult Refused(string reason) => new(IsStored: false, reason);
}

/// <summary>Who hears what comes from the city.</summary>
internal sealed record LinkHandlers
{
    /// <summary>Takes the city's marks.</summary>
    public required Func<StoredMarks, ValueTask> Marks { get; init; }

    /// <summary>Takes the settings that the city wants, JSON of <see cref="TruckSettings"/>; an empty message: the truck's own. Null: they are not asked for.</summary>
    public Action<ReadOnlyMemory<byte>>? Settings { get; init; }

    /// <summary>Takes the city's word about evidence pictures. Null: none are sent.</summary>
    public Func<EvidenceAnswer, ValueTask>? Evidence { get; init; }

    /// <summary>Earlier trucks of this box whose readings still wait: marks are taken for them too.</summary>
    public IReadOnlyList<TruckId> EarlierTrucks { get; init; } = [];

    /// <summary>Takes ring, kind and offer of a release; null: they are not asked for.</summary>
    public Action<string, string, ReadOnlyMemory<byte>>? Releases { get; init; }

    /// <summary>The link came up or went away.</summary>
    public required Action<LinkChange> Changed { get; init; }
}

/// <summary>The link came up or went away.</summary>
/// <param name="IsUp">Whether it is there now.</param>
/// <param name="Detail">Why, for logs and people.</param>
internal readonly record struct LinkChange(bool IsUp, string Detail);
