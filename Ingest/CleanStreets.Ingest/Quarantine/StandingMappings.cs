using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>The mappings that stand, as the front stages apply them: what would be quarantined is changed so and tried again.</summary>
/// <remarks>
/// One owner: the loop of the front stages. A message that is fine costs nothing here. One that is not is tried with the mappings for its truck
/// and reason, the oldest first, each on what the one before left; one that does not reduce its faults is passed over. What was mended is
/// journalled as mended, so a replay needs no mapping.
/// </remarks>
internal sealed class StandingMappings(int most)
{
    private readonly List<Standing> _standing = [];
    private readonly ReadingDecoder _decoder = new();
    private readonly ReadingBuffer _readings = new();
    private readonly HashSet<QuarantineReason> _reasons = [];

    public bool IsEmpty => _standing.Count == 0;

    /// <summary>Takes over what stood before the start, under whatever settings.</summary>
    public void Load(IEnumerable<QuarantineMapping> mappings) => _standing.AddRange(mappings.Select(Standing.Of));

    /// <summary>Takes over a change that is on its way to the journal; answers a sentence when it is refused.</summary>
    /// <param name="change">The change.</param>
    /// <param name="isNews">False when it is as it should be already, and nothing need be journalled.</param>
    public string? TryApply(MappingChange change, out bool isNews)
    {
        isNews = false;
        var at = _standing.FindIndex(standing => standing.Mapping.Id == change.Id);
        if (change.Add is not { } added)
        {
            isNews = at >= 0;
            if (isNews)
            {
                _standing.RemoveAt(at);
            }

            return isNews ? null : "There is no such mapping.";
        }

        if (at >= 0)
        {
            return IsSame(_standing[at].Mapping, added) ? null : "Another mapping stands under this id.";
        }

        if (_standing.Count >= most)
        {
            return $"{most} mappings stand already (Ingest:Quarantine:Mappings): remove one that is not needed any more.";
        }

        isNews = true;
        _standing.Add(Standing.Of(added));
        return null;
    }

    /// <summary>What takes the message's place; null when no mapping makes it better.</summary>
    /// <param name="batch">Holds the message.</param>
    /// <param name="message">Decoded, and faulty as a whole or in some readings.</param>
    public MendedMessage? TryMend(IngestBatch batch, in IngestMessage message)
    {
        var sender = Encoding.ASCII.GetString(batch.TopicId(in message));
        var (truck, payload) = (sender, (byte[]?)null);
        var faults = Note(message.Reason, batch.ReadingsOf(in message));
        var used = new List<QuarantineMapping>();
        foreach (var standing in _standing)
        {
            if (faults > 0 && standing.IsFor(sender, _reasons) && Try(payload ?? batch.Payload(in message).ToArray(), standing.Mapping.Fix, ref truck, ref faults) is { } better)
            {
                payload = better;
                used.Add(standing.Mapping);
            }
        }

        if (payload is null)
        {
            return null;
        }

        var sentAs = truck == sender ? null : sender;
        var mended = new MendedHead([.. used.Select(mapping => new AppliedMapping(mapping.Id, mapping.Fix))], sentAs).PutBefore(payload);
        return mended.Length > ReadingLimits.MaxPayloadBytes
            ? null
            : new MendedMessage(Encoding.ASCII.GetBytes(truck), mended, [.. used.Select(mapping => mapping.Id)], TruckId.TryCreate(sentAs, out var id) ? id : null);
    }

    private byte[]? Try(byte[] payload, QuarantineFix fix, ref string truck, ref int faults)
    {
        if (PayloadFix.TryApply(payload, fix, out _) is not [(byte)'{', ..] changed)
        {
            return null;
        }

        _readings.Clear();
        var target = fix.TruckId ?? truck;
        var reason = _decoder.Decode(changed, contentType: [], _readings, out var envelope);
        if (reason == QuarantineReason.None && envelope.TruckId.Value != target)
        {
            reason = QuarantineReason.TruckIdNotTopic;
        }

        if (Count(reason, _readings.Readings) is var left && left >= faults)
        {
            return null;
        }

        (truck, faults) = (target, Note(reason, _readings.Readings));
        return changed;
    }

    private int Note(QuarantineReason reason, ReadOnlySpan<Reading> readings)
    {
        _reasons.Clear();
        _reasons.Add(reason);
        foreach (ref readonly var reading in readings)
        {
            _reasons.Add(reading.Fault);
        }

        return Count(reason, readings);
    }

    /// <summary>A message that is faulty as a whole is worse than any of its readings.</summary>
    private static int Count(QuarantineReason reason, ReadOnlySpan<Reading> readings)
    {
        var count = 0;
        foreach (ref readonly var reading in readings)
        {
            count += reading.Fault == QuarantineReason.None ? 0 : 1;
        }

        return reason == QuarantineReason.None ? count : int.MaxValue;
    }

    // By what is written: who said it and when does not matter for a repeat.
    private static bool IsSame(QuarantineMapping a, QuarantineMapping b) =>
        new MappingChange(a with { By = b.By, AtMs = b.AtMs }, null).ToBytes().AsSpan().SequenceEqual(new MappingChange(b, null).ToBytes());

    private sealed record Standing(QuarantineMapping Mapping, QuarantineReason? Reason)
    {
        public static Standing Of(QuarantineMapping mapping) => new(mapping, MappingRules.ReasonOf(mapping.Match.Reason));

        public bool IsFor(string truck, HashSet<QuarantineReason> reasons) =>
            Reason is { } reason && reasons.Contains(reason) && (Mapping.Match.TruckId is null || Mapping.Match.TruckId == truck);
    }
}
