using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Admits quarantined items again, as a person decided, each exactly once.</summary>
/// <remarks>
/// The corrected batch goes the way of every message: decoded, admitted, journalled with the decision at its head, matched and scored. Admission
/// knows each reading by truck, session and sequence, so pressing the button twice, or a restart in between, changes nothing.
/// </remarks>
internal sealed class QuarantineReleaser(
    JournalLookup journal, ReleaseReceiver receiver, AdmissionOptions admission, TimeProvider time, ILogger<QuarantineReleaser> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<QuarantineReleaseResult>> ReleaseAsync(QuarantineRelease request, Task failed)
    {
        var results = new List<QuarantineReleaseResult>(request.Items.Count);
        var corrected = new CorrectedBatch(admission, time);
        foreach (var message in request.Items.Select(Parse).GroupBy(item => item.Id.Position))
        {
            // A message as a whole and single readings of it are two things, though no record has both.
            foreach (var part in message.GroupBy(item => item.Id.IsOfMessage))
            {
                results.AddRange(await ReleaseAsync(corrected, request, [.. part], failed));
            }
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

    private async Task<IEnumerable<QuarantineReleaseResult>> ReleaseAsync(
        CorrectedBatch corrected, QuarantineRelease request, List<(string Text, QuarantineId Id)> items, Task failed)
    {
        var position = items[0].Id.Position;
        var head = new ReleaseHead(
            request.DecisionId,
            request.By,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            position,
            items[0].Id.IsOfMessage ? [] : [.. items.Select(item => item.Id.Sequence).Distinct()]);
        List<ReleaseTicket> tickets = [];
        string? problem = null;
        if (!journal.TryRead(position, (in record) => tickets = Make(corrected, in record, request.Fix, head, out problem)))
        {
            problem = "The journal does not hold it any more.";
        }

        foreach (var ticket in tickets)
        {
            problem ??= await AdmitAsync(ticket, failed);
        }

        var (accepted, duplicates) = (tickets.Sum(ticket => ticket.Accepted), tickets.Sum(ticket => ticket.Duplicates));
        problem ??= accepted + duplicates == 0 ? "Nothing of it was accepted." : null;

        // Counted once for a message, however many of its readings were asked for.
        return items.Select((item, i) => new QuarantineReleaseResult(item.Text, i == 0 ? accepted : 0, i == 0 ? duplicates : 0, problem));
    }

    private static List<ReleaseTicket> Make(CorrectedBatch corrected, in JournalRecord record, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        problem = null;
        if (record.Reason is QuarantineReason.MalformedFact or QuarantineReason.EventMalformed)
        {
            problem = "Only readings can be replayed; this is none.";
            return [];
        }

        return corrected.Make(in record, fix, head, out problem);
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
