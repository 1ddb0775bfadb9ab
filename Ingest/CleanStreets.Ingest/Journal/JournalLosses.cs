using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Journal;

/// <summary>Which sequences of which truck and session a damaged journal has lost, told from the whole records around the damage.</summary>
/// <remarks>
/// A sequence is <i>lost</i> when something whole says that it had been settled (a snapshot of admission, or a repeat that was told from it) and no whole record
/// holds it. It is <i>missing</i> when records before the damage end below it and records behind the damage go on above it: it stood in the
/// damaged stretch, unless it never came. Sessions of which nothing follows are named, because nobody can know how far they had come.
/// </remarks>
/// <param name="damage">The damaged places.</param>
/// <param name="isWhole">Whether the journal still has its beginning; without it a session's first sequences may have been deleted in good order.</param>
internal sealed class JournalLosses(IEnumerable<JournalDamage> damage, bool isWhole)
{
    private readonly List<JournalDamage> _places = [.. damage.OrderBy(place => place.Position)];
    private readonly SortedDictionary<(string Truck, string Session), SessionRecords> _sessions = [];

    /// <summary>Takes note of a record; they come in the order of the journal.</summary>
    public void Count(in JournalRecord record)
    {
        if (_places.Count == 0 || record.Type is not (JournalRecordType.Readings or JournalRecordType.SessionClosed))
        {
            return;
        }

        var position = record.Position;
        var epoch = _places.Count(place => place.Position <= position);
        var session = SessionOf(record.IdText, record.SessionText);
        session.IsClosed = record.Type == JournalRecordType.SessionClosed;
        if (record.Type == JournalRecordType.Readings)
        {
            session.Count(in record, epoch);
        }
    }

    /// <summary>Takes note of what admission knew at a snapshot: all of it had been journalled.</summary>
    public void Knew(SessionAdmission admitted)
    {
        foreach (var (first, last) in admitted.Settled.Items)
        {
            SessionOf(admitted.Truck.Value, admitted.Id.Value).Known.Add(first, last);
        }
    }

    /// <summary>What is lost, missing or unknown, by truck and session.</summary>
    public IEnumerable<JournalLoss> Find()
    {
        foreach (var ((truck, name), session) in _sessions)
        {
            foreach (var (hole, left, right) in session.Holes(isWhole))
            {
                if (left >= right)
                {
                    continue; // No damage lies between: it never came, or comes later.
                }

                var places = _places.GetRange(left, right - left);
                foreach (var (range, isKnown) in Split(hole, session.Known))
                {
                    yield return new JournalLoss(truck, name, range, isKnown ? JournalLossKind.Lost : JournalLossKind.Missing, places);
                }
            }

            var end = session.End;
            if (end.Epoch < _places.Count && !session.IsClosed && session.HasRecords)
            {
                var known = session.Known.EndOfRunAt(end.Sequence + 1);
                if (known > end.Sequence)
                {
                    yield return new JournalLoss(truck, name, new SequenceRange(end.Sequence + 1, known), JournalLossKind.Lost, _places[end.Epoch..]);
                }

                yield return new JournalLoss(truck, name, new SequenceRange(known + 1, long.MaxValue), JournalLossKind.Unknown, _places[end.Epoch..]);
            }
        }
    }

    private SessionRecords SessionOf(string truck, string session)
    {
        if (!_sessions.TryGetValue((truck, session), out var known))
        {
            _sessions.Add((truck, session), known = new SessionRecords());
        }

        return known;
    }

    private static IEnumerable<(SequenceRange Range, bool IsKnown)> Split(SequenceRange hole, SequenceRanges known)
    {
        for (var at = hole.First; at <= hole.Last;)
        {
            var isKnown = known.Contains(at);
            var to = isKnown
                ? known.EndOfRunAt(at)
                : known.Items.Where(range => range.First > at).Select(range => range.First - 1).DefaultIfEmpty(hole.Last).First();
            yield return (new SequenceRange(at, Math.Min(to, hole.Last)), isKnown);
            at = to + 1;
        }
    }

    /// <summary>What the whole records say of one session.</summary>
    private sealed class SessionRecords
    {
        private readonly SequenceRanges _held = new();
        private readonly SortedDictionary<int, SequenceRanges> _heldByEpoch = [];
        private long _oldest;

        /// <summary>Sequences that had been settled, whether or not their record is whole.</summary>
        public SequenceRanges Known { get; } = new();

        public bool IsClosed { get; set; }

        public bool HasRecords => _held.Count > 0;

        /// <summary>The highest sequence held, and how many damaged places lie before its record.</summary>
        public (long Sequence, int Epoch) End => HasRecords ? (_held.Items[^1].Last, EpochOf(_held.Items[^1].Last)) : (0, int.MaxValue);

        public void Count(in JournalRecord record, int epoch)
        {
            if (!_heldByEpoch.TryGetValue(epoch, out var held))
            {
                _heldByEpoch.Add(epoch, held = new SequenceRanges());
                _oldest = _heldByEpoch.Count == 1 ? Math.Max(1, record.OldestSequence) : _oldest;
            }

            if (record.Verdicts.IsEmpty)
            {
                Hold(held, record.FirstSequence, record.FirstSequence + record.ReadingCount - 1);
                return;
            }

            for (var i = 0; i < record.Verdicts.Length; i++)
            {
                var (sequence, verdict) = (record.FirstSequence + i, new Verdict(record.Verdicts[i]));
                if (verdict.IsDuplicate)
                {
                    Known.Add(sequence, sequence);
                }
                else
                {
                    Hold(held, sequence, sequence);
                }
            }
        }

        /// <summary>Stretches that no whole record holds, and how many damaged places lie before the records on both sides of each.</summary>
        public IEnumerable<(SequenceRange Hole, int Left, int Right)> Holes(bool fromFirst)
        {
            var ranges = _held.Items;
            if (fromFirst && ranges.Count > 0 && ranges[0].First > _oldest)
            {
                yield return (new SequenceRange(_oldest, ranges[0].First - 1), 0, EpochOf(ranges[0].First));
            }

            for (var i = 1; i < ranges.Count; i++)
            {
                yield return (new SequenceRange(ranges[i - 1].Last + 1, ranges[i].First - 1), EpochOf(ranges[i - 1].Last), EpochOf(ranges[i].First));
            }
        }

        private void Hold(SequenceRanges held, long first, long last)
        {
            if (last >= first)
            {
                held.Add(first, last);
                _held.Add(first, last);
            }
        }

        private int EpochOf(long sequence) => _heldByEpoch.First(epoch => epoch.Value.Contains(sequence)).Key;
    }
}

/// <summary>A stretch of a session's sequences that damage took, or may have.</summary>
/// <param name="Truck">The truck.</param>
/// <param name="Session">Its session.</param>
/// <param name="Range">The sequences.</param>
/// <param name="Kind">How sure that is.</param>
/// <param name="Places">The damage: one of these.</param>
internal sealed record JournalLoss(string Truck, string Session, SequenceRange Range, JournalLossKind Kind, IReadOnlyList<JournalDamage> Places)
{
    public override string ToString()
    {
        var places = $"damage at {string.Join(" or ", Places.Select(place => place.Position))}";
        return Kind switch
        {
            JournalLossKind.Lost => $"lost: {Truck} {Session} {Range} ({places})",
            JournalLossKind.Missing => $"missing: {Truck} {Session} {Range} ({places}, unless they never came)",
            _ => $"unknown: {Truck} {Session} from {Range.First} on (nothing of this session follows the {places})",
        };
    }
}

/// <summary>How sure a loss is.</summary>
internal enum JournalLossKind
{
    /// <summary>It had been settled, and no whole record holds it.</summary>
    Lost,

    /// <summary>No whole record holds it, and the damage lies between its neighbours.</summary>
    Missing,

    /// <summary>Nothing follows the damage: what stood in it is not known.</summary>
    Unknown,
}
