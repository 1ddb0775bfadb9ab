using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Where people keep and remove standing mappings. Each change is a record of the journal; the front stages decide, in its order.</summary>
internal sealed class MappingDesk(ReleaseReceiver receiver, QuarantineReleaser releaser, TimeProvider time, ILogger<MappingDesk> logger)
{
    private const int MostItems = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Keeps a mapping, and then releases what waits for it. Asked again with the same mapping, it releases what waits by then.</summary>
    /// <param name="mapping">One that <see cref="MappingRules"/> finds no fault with.</param>
    /// <param name="index">What is quarantined.</param>
    /// <param name="listed">Completes when the index holds what was decided before the start.</param>
    /// <param name="failed">Completes when the service ends.</param>
    /// <returns>What was done, or a sentence why nothing was.</returns>
    public async Task<(QuarantineMappingAdded? Added, string? Problem)> AddAsync(QuarantineMapping mapping, QuarantineIndex index, Task listed, Task failed)
    {
        if (await ChangeAsync(new MappingChange(mapping, null), failed) is { } refused)
        {
            return (null, refused);
        }

        logger.MappingAdded(mapping.By, mapping.Id, mapping.Match.Reason, mapping.Match.TruckId ?? "every truck");

        // Only now: what arrived meanwhile was quarantined and is found, what arrives from now on is mended.
        await Task.WhenAny(listed, failed, Task.Delay(Patience, time));
        var (accepted, duplicates, items) = (0, 0, 0);
        string? problem = null;
        foreach (var part in releaser.Try(mapping, index).Mended.Chunk(MostItems))
        {
            var results = await releaser.ReleaseAsync(new QuarantineRelease(mapping.Id, mapping.By, part, mapping.Fix), index, listed, failed);
            accepted += results.Sum(result => result.Accepted);
            duplicates += results.Sum(result => result.Duplicates);
            items += results.Count(result => result.Problem is null);
            problem ??= results.Select(result => result.Problem).FirstOrDefault(words => words is not null);
        }

        return (new QuarantineMappingAdded(mapping.Id, items, accepted, duplicates, problem), null);
    }

    /// <summary>Removes a mapping; what it mended stays as it is. A sentence when it cannot be.</summary>
    public async Task<string?> RemoveAsync(string id, string by, Task failed)
    {
        var refused = await ChangeAsync(new MappingChange(null, new MappingRemoval(id, by, time.GetUtcNow().ToUnixTimeMilliseconds())), failed);
        if (refused is null)
        {
            logger.MappingRemoved(by, id);
        }

        return refused;
    }

    private async Task<string?> ChangeAsync(MappingChange change, Task failed)
    {
        var ticket = new MappingTicket(change);
        if (!receiver.TryTake(ticket))
        {
            return "Receiving is behind: try again in a moment.";
        }

        await Task.WhenAny(ticket.Stored, failed, Task.Delay(Patience, time));
        return ticket.Stored.IsCompletedSuccessfully ? ticket.Refusal : "It is not on disk yet: look again in a moment, trying again does no harm.";
    }
}
