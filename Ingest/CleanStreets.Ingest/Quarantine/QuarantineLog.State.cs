using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Quarantine;

/// <content>What a start takes over: from a snapshot, and from the records behind it.</content>
internal sealed partial class QuarantineLog
{
    // Kinds of items in a snapshot. They stand on disk: never reuse one.
    private const long CountsItem = 1;
    private const long NewestItem = 2;
    private const long MappingItem = 3;

    /// <summary>Takes note of a record without decoding it.</summary>
    public void Note(in JournalRecord record)
    {
        NoteMappings(in record);
        var truck = record.Type == JournalRecordType.Fact || record.Id.IsEmpty ? null : record.IdText;
        if (record.Reason != QuarantineReason.None)
        {
            Add(record.ReceivedAtMs, record.Reason, truck, record.Session.IsEmpty ? null : record.SessionText, sequence: null, record.Payload);
            return;
        }

        for (var i = 0; i < record.Verdicts.Length; i++)
        {
            if (new Verdict(record.Verdicts[i]) is { IsQuarantined: true } verdict)
            {
                Add(record.ReceivedAtMs, verdict.Reason, truck, record.SessionText, record.FirstSequence + i, record.Payload);
            }
        }
    }

    /// <summary>Shows what was taken over.</summary>
    public void Show()
    {
        Volatile.Write(ref _report, MakeReport());
        ShowMappings();
    }

    public void Save(StateWriter state)
    {
        state.Number(CountsItem);
        state.Number(_counts.Count(count => count > 0));
        for (var reason = 0; reason < _counts.Length; reason++)
        {
            if (_counts[reason] > 0)
            {
                state.Number(reason);
                state.Number(_counts[reason]);
            }
        }

        state.EndItem();
        foreach (var item in _newest)
        {
            state.Number(NewestItem);
            state.Number(item.ReceivedAt.ToUnixTimeMilliseconds());
            state.Text(item.Reason);
            state.Text(item.Message);
            state.Text(item.TruckId);
            state.Text(item.SessionId);
            state.Number(item.Sequence ?? -1);
            state.Text(item.PayloadPreview);
            state.EndItem();
        }

        SaveMappings(state);
    }

    /// <summary>Takes over one item of what was saved.</summary>
    /// <exception cref="StateException">The bytes are not what was saved.</exception>
    public void Load(ref StateReader state)
    {
        switch (state.Number())
        {
            case CountsItem:
                for (var left = state.Count(); left > 0; left--)
                {
                    var reason = state.Number();
                    _counts[reason is >= 0 and <= byte.MaxValue ? reason : throw new StateException($"{reason} is no reason.")] = state.Number();
                }

                break;
            case NewestItem:
                Keep(new QuarantinedItem(
                    DateTimeOffset.FromUnixTimeMilliseconds(state.Number()),
                    state.RequiredText(),
                    state.RequiredText(),
                    state.Text(),
                    state.Text(),
                    state.Number() is >= 0 and var sequence ? sequence : null,
                    state.RequiredText()));
                break;
            case MappingItem:
                LoadMapping(ref state);
                break;
            case var unknown:
                throw new StateException($"Quarantine knows no item {unknown}.");
        }
    }
}
