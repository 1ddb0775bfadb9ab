using System.Text.Json;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Quarantine;

/// <content>The mappings that stand as of the last record on disk, and what each has mended.</content>
internal sealed partial class QuarantineLog
{
    private readonly List<Standing> _standing = [];
    private IReadOnlyList<QuarantineMappingState> _mappings = [];

    /// <summary>What stands as of the last batch, in the order in which it is tried.</summary>
    public IReadOnlyList<QuarantineMappingState> Mappings => Volatile.Read(ref _mappings);

    private void NoteMappings(IngestBatch batch)
    {
        var noted = false;
        foreach (ref var message in batch.Messages)
        {
            // Only what stands in the journal changes state.
            if (message.Position < 0)
            {
                continue;
            }

            if (message.Mapping is { } ticket)
            {
                Apply(ticket.Change);
                noted = true;
            }
            else if (message.Mended is { } mended)
            {
                var accepted = message.HasVerdicts ? batch.VerdictsOf(in message).Count(Verdict.Accepted) : message.ReadingCount;
                Count(mended.Mappings, accepted, message.ReceivedAtMs);
                noted = true;
            }
        }

        if (noted)
        {
            ShowMappings();
        }
    }

    private void NoteMappings(in JournalRecord record)
    {
        if (record.Type == JournalRecordType.MappingChange && MappingChange.Read(record.Payload) is { } change)
        {
            Apply(change);
        }
        else if (record.Flags.HasFlag(JournalRecordFlags.Mended) && MendedHead.Read(record.Payload) is { } head)
        {
            var accepted = record.Verdicts.IsEmpty ? record.ReadingCount : record.Verdicts.Count(Verdict.Accepted.Value);
            Count([.. head.Mappings.Select(mapping => mapping.Id)], accepted, record.ReceivedAtMs);
        }
    }

    private void Apply(MappingChange change)
    {
        var at = _standing.FindIndex(standing => standing.Mapping.Id == change.Id);
        if (change.Add is { } added && at < 0)
        {
            _standing.Add(new Standing(added, 0, 0, 0));
        }
        else if (change.Remove is not null && at >= 0)
        {
            _standing.RemoveAt(at);
        }
    }

    private void Count(IReadOnlyList<string> mappings, int accepted, long receivedAtMs)
    {
        for (var i = 0; i < _standing.Count; i++)
        {
            if (_standing[i] is var standing && mappings.Contains(standing.Mapping.Id))
            {
                _standing[i] = standing with { Messages = standing.Messages + 1, Readings = standing.Readings + accepted, NewestMs = receivedAtMs };
            }
        }
    }

    private void SaveMappings(StateWriter state)
    {
        foreach (var standing in _standing)
        {
            state.Number(MappingItem);
            state.Text(JsonSerializer.Serialize(standing.Mapping, MappingJson.Default.QuarantineMapping));
            state.Number(standing.Messages);
            state.Number(standing.Readings);
            state.Number(standing.NewestMs);
            state.EndItem();
        }
    }

    private void LoadMapping(ref StateReader state)
    {
        var text = state.RequiredText();
        try
        {
            _standing.Add(new Standing(
                JsonSerializer.Deserialize(text, MappingJson.Default.QuarantineMapping) is { Id: not null, By: not null, Match.Reason: not null, Fix: not null } mapping
                    ? mapping
                    : throw new StateException("A mapping is incomplete."),
                state.Number(),
                state.Number(),
                state.Number()));
        }
        catch (JsonException damage)
        {
            throw new StateException($"A mapping does not read: {damage.Message}", damage);
        }
    }

    private void ShowMappings() => Volatile.Write(ref _mappings, [.. _standing.Select(standing => new QuarantineMappingState(
        standing.Mapping,
        MappingRules.ReasonOf(standing.Mapping.Match.Reason)?.Message() ?? standing.Mapping.Match.Reason,
        standing.Messages,
        standing.Readings,
        standing.NewestMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(standing.NewestMs)))]);

    private sealed record Standing(QuarantineMapping Mapping, long Messages, long Readings, long NewestMs);
}
