using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Journal;

/// <summary>Counts what stands in a journal: sequence ranges by truck, session and fate.</summary>
internal sealed class JournalCensus
{
    private readonly SortedDictionary<(string Truck, string Session), Dictionary<string, SequenceRanges>> _sessions = [];
    private readonly SortedDictionary<string, long> _messages = new(StringComparer.Ordinal);

    public long Records { get; private set; }

    public long Accepted { get; private set; }

    /// <summary>Readings, and messages that count as one.</summary>
    public long Quarantined { get; private set; }

    /// <summary>Readings that were journalled as accepted more than once: always 0, or admission is broken.</summary>
    public long AcceptedTwice { get; private set; }

    public void Count(in JournalRecord record)
    {
        Records++;
        switch (record.Type)
        {
            case JournalRecordType.Readings:
                CountReadings(in record);
                break;
            case JournalRecordType.QuarantinedMessage:
                Quarantined++;
                var name = $"quarantined messages {record.Reason.Tag()}";
                _messages[name] = _messages.GetValueOrDefault(name) + 1;
                break;
            case JournalRecordType.Fact:
                _messages["facts"] = _messages.GetValueOrDefault("facts") + 1;
                break;
            case JournalRecordType.MappingChange:
                _messages["mapping changes"] = _messages.GetValueOrDefault("mapping changes") + 1;
                break;
            default:
                _messages["sessions closed"] = _messages.GetValueOrDefault("sessions closed") + 1;
                break;
        }
    }

    public void Print(TextWriter output)
    {
        foreach (var ((truck, session), fates) in _sessions)
        {
            foreach (var (fate, ranges) in fates.OrderBy(item => item.Key, StringComparer.Ordinal))
            {
                output.WriteLine($"{truck} {session} {fate} {string.Join(',', ranges.Items)}");
            }
        }

        foreach (var (name, count) in _messages)
        {
            output.WriteLine($"{name}: {count}");
        }

        if (AcceptedTwice > 0)
        {
            output.WriteLine($"accepted twice: {AcceptedTwice}");
        }
    }

    private void CountReadings(in JournalRecord record)
    {
        var key = (record.IdText, record.SessionText);
        if (!_sessions.TryGetValue(key, out var fates))
        {
            _sessions.Add(key, fates = []);
        }

        for (var i = 0; i < record.ReadingCount; i++)
        {
            var verdict = record.Verdicts.IsEmpty ? Verdict.Accepted : new Verdict(record.Verdicts[i]);
            if (verdict.IsDuplicate)
            {
                continue;
            }

            var fate = verdict.IsAccepted ? "accepted" : $"quarantined:{verdict.Reason.Tag()}";
            if (!fates.TryGetValue(fate, out var ranges))
            {
                fates.Add(fate, ranges = new SequenceRanges());
            }

            var sequence = record.FirstSequence + i;
            if (verdict.IsAccepted)
            {
                Accepted++;
                AcceptedTwice += ranges.Contains(sequence) ? 1 : 0;
            }
            else
            {
                Quarantined++;
            }

            ranges.Add(sequence, sequence);
        }
    }
}
