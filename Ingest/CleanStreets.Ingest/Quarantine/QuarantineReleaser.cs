using System.Collections.Concurrent;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Admits quarantined items again, as a person decided, each exactly once.</summary>
/// <remarks>
/// The corrected batch goes the way of every message: decoded, admitted, journalled with the decision at its head, matched and scored. Admission
/// knows each reading by truck, session and sequence, so pressing the button twice, or a restart in between, changes nothing.
/// </remarks>
internal sealed class QuarantineReleaser(
    JournalLookup journal, ReleaseReceiver receiver, AdmissionOptions admission, TimeProvider time, ILogger<QuarantineReleaser> logger)
{
    private const string ReleasedElsewhere = "It was already released under another truck or session.";

    /// <summary>Messages on their way at once; fewer than may wait for their turn.</summary>
    private const int MostWaiting = 64;

    /// <summary>Items a mapping is tried on.</summary>
    private const int MostTried = 2000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Where each item went, since the index knows it only a moment later and not under which name. As many as people decided since the start.
    private readonly ConcurrentDictionary<QuarantineId, (string? Truck, string? Session)> _released = [];

    /// <param name="request">The decision.</param>
    /// <param name="index">Where it is looked up what was decided before.</param>
    /// <param name="listed">Completes when the index holds what was decided before the start.</param>
    /// <param name="failed">Completes when the service ends.</param>
    public async Task<IReadOnlyList<QuarantineReleaseResult>> ReleaseAsync(QuarantineRelease request, QuarantineIndex index, Task listed, Task failed)
    {
        await Task.WhenAny(listed, failed, Task.Delay(Patience, time));
        if (!listed.IsCompletedSuccessfully)
        {
            return [.. request.Items.Select(item => new QuarantineReleaseResult(item, 0, 0, "The list of what is quarantined is being made again from the journal: try again in a moment."))];
        }

        var results = new List<QuarantineReleaseResult>(request.Items.Count);
        var corrected = new CorrectedBatch(admission, time);
        var waiting = new Queue<Task<IEnumerable<QuarantineReleaseResult>>>();
        foreach (var message in request.Items.Select(Parse).GroupBy(item => item.Id.Position))
        {
            // A message as a whole and single readings of it are two things, though no record has both.
            foreach (var part in message.GroupBy(item => item.Id.IsOfMessage))
            {
                // It is on its way, in its turn, when this returns; waiting for each to be on disk would cost a commit a message.
                waiting.Enqueue(ReleaseAsync(corrected, request, index, [.. part], failed));
                if (waiting.Count == MostWaiting)
                {
                    results.AddRange(await waiting.Dequeue());
                }
            }
        }

        while (waiting.TryDequeue(out var released))
        {
            results.AddRange(await released);
        }

        logger.QuarantineReleased(
            request.By,
            request.Items.Count,
            request.DecisionId,
            results.Sum(result => result.Accepted),
            results.Sum(result => result.Duplicates),
            results.Count(result => result is { Accepted: 0, Duplicates: 0 }));
        return results;
    }

    /// <summary>Tries a mapping on what is quarantined and waits, and changes nothing.</summary>
    /// <returns>What it would do, and the items that it mends, the oldest first.</returns>
    public (QuarantineMappingTrial Trial, List<string> Mended) Try(QuarantineMapping mapping, QuarantineIndex index)
    {
        var found = index.Waiting(MappingRules.ReasonOf(mapping.Match.Reason), mapping.Match.TruckId, MostTried + 1);
        var tried = found.Take(MostTried).ToList();
        var corrected = new CorrectedBatch(admission, time);
        var (mended, stays) = (new List<string>(), (string?)null);
        foreach (var item in tried)
        {
            var head = new ReleaseHead(mapping.Id, mapping.By, mapping.AtMs, item.Id.Position, item.Id.IsOfMessage ? [] : [item.Id.Sequence]);
            if (Make(corrected, mapping.Fix, head, out var problem).Count > 0)
            {
                mended.Add(item.Id.ToString());
            }
            else
            {
                stays ??= problem;
            }
        }

        mended.Reverse();
        return (new QuarantineMappingTrial(tried.Count, mended.Count, found.Count > MostTried, stays), mended);
    }

    private async Task<IEnumerable<QuarantineReleaseResult>> ReleaseAsync(
        CorrectedBatch corrected, QuarantineRelease request, QuarantineIndex index, List<(string Text, QuarantineId Id)> items, Task failed)
    {
        var ids = items.Select(item => item.Id).Distinct().ToList();

        // Noted before it goes: of two decisions at the same moment one is the first.
        var target = (request.Fix.TruckId, request.Fix.SessionId);
        var noted = ids.FindAll(id => _released.TryAdd(id, target));
        if (ids.Exists(id => _released[id] != target))
        {
            return items.Select(item => new QuarantineReleaseResult(item.Text, 0, 0, ReleasedElsewhere));
        }

        var position = items[0].Id.Position;
        var head = new ReleaseHead(
            request.DecisionId,
            request.By,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            position,
            items[0].Id.IsOfMessage ? [] : [.. items.Select(item => item.Id.Sequence).Distinct()]);
        var tickets = Make(corrected, request.Fix, head, out var problem);
        if (ids.Exists(id => IsElsewhere(index, tickets, id)))
        {
            (tickets, problem) = ([], ReleasedElsewhere);
        }

        foreach (var ticket in tickets)
        {
            problem ??= await AdmitAsync(ticket, failed);
        }

        var (accepted, duplicates) = (tickets.Sum(ticket => ticket.Accepted), tickets.Sum(ticket => ticket.Duplicates));
        problem ??= accepted + duplicates == 0 ? "Nothing of it was accepted." : null;
        if (accepted + duplicates == 0 && tickets.TrueForAll(ticket => ticket.Stored.IsCompleted))
        {
            noted.ForEach(id => _released.TryRemove(id, out _));
        }

        // Counted once for a message, however many of its readings were asked for.
        return items.Select((item, i) => new QuarantineReleaseResult(item.Text, i == 0 ? accepted : 0, i == 0 ? duplicates : 0, problem));
    }

    // Under another name admission would not know it again, and it would count twice. What was decided before the start, the index knows
    // from the journal.
    private static bool IsElsewhere(QuarantineIndex index, List<ReleaseTicket> tickets, QuarantineId id) =>
        index.Find(id)?.ReleasedAs is { } name && tickets.Exists(ticket => ticket.Holds(id) && !ticket.IsAs(name));

    private List<ReleaseTicket> Make(CorrectedBatch corrected, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        List<ReleaseTicket> tickets = [];
        string? stays = null;
        problem = journal.TryRead(head.Position, (in record) => tickets = Make(corrected, in record, fix, head, out stays)) ? stays : "The journal does not hold it any more.";
        return tickets;
    }

    private static List<ReleaseTicket> Make(CorrectedBatch corrected, in JournalRecord record, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        problem = null;
        if (record.Reason is QuarantineReason.MalformedFact or QuarantineReason.EventMalformed)
        {
            problem = "Only readings can be replayed; this is none.";
            return [];
        }

        if (!IsQuarantined(in record, head.Sequences))
        {
            problem = "It is not quarantined.";
            return [];
        }

        return corrected.Make(in record, fix, head, out problem);
    }

    // What was accepted must not come again under another name.
    private static bool IsQuarantined(in JournalRecord record, IReadOnlyList<long> sequences)
    {
        if (record.Type == JournalRecordType.QuarantinedMessage || sequences.Count == 0)
        {
            return record.Type == JournalRecordType.QuarantinedMessage && sequences.Count == 0;
        }

        foreach (var sequence in sequences)
        {
            var place = sequence - record.FirstSequence;
            if (place < 0 || place >= record.Verdicts.Length || !new Verdict(record.Verdicts[(int)place]).IsQuarantined)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<string?> AdmitAsync(ReleaseTicket ticket, Task failed)
    {
        if (!receiver.TryTake(ticket))
        {
            return "Receiving is behind: try again in a moment.";
        }

        await Task.WhenAny(ticket.Stored, failed, Task.Delay(Patience, time));
        return !ticket.Stored.IsCompletedSuccessfully ? "It is not on disk yet: look again in a moment, trying again does no harm."
            : ticket.Reason != QuarantineReason.None && ticket.Accepted == 0 ? $"It was quarantined again: {ticket.Reason.Message()}"
            : null;
    }

    private static (string Text, QuarantineId Id) Parse(string text) =>
        QuarantineId.TryParse(text, out var id) ? (text, id) : (text, new QuarantineId(-1, 0));
}
