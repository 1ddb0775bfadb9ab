using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>A find with the name under which people judge it.</summary>
internal readonly record struct NamedFind(string Id, TruckId Truck, PileFind Find)
{
    /// <summary>Names the find at <paramref name="place"/> of a pass: truck, time, sequence and place tell it from every other.</summary>
    public static NamedFind Of(TruckId truck, IReadOnlyList<PileFind> finds, int place)
    {
        var find = finds[place];
        return new NamedFind($"{truck}.{find.CapturedAtMs}.{find.Sequence}.{place}", truck, find);
    }

    /// <summary>Which of two finds of one name is kept. A healthy truck makes no two; a sick one must not make arrival order matter.</summary>
    public bool OutranksNamesake(in NamedFind other) => Rank.CompareTo(other.Rank) > 0;

    private (double, Side, int, int, string, string) Rank =>
        (Find.OffsetMetres, Find.Side, Find.Count, Find.ConfidenceMilli, Find.Kind, Find.EvidenceId ?? string.Empty);
}

/// <summary>Piles of one segment, and what people said of them.</summary>
/// <remarks>
/// Finds of one kind and side within <see cref="SamePlaceMetres"/> are one thing: the newest stands for it, and an answer to any of them is
/// the answer for it. A refusal holds a day beyond itself, so that the next pass does not ask again, a confirmation thirty; then the place
/// is asked about anew.
/// Both lists are bounded by keeping the newest, which gives the same lists in whatever order they were filled.
/// </remarks>
internal sealed class PileQueue
{
    public const double SamePlaceMetres = 10;

    /// <summary>Days for which a confirmed place stays confirmed when something is seen there again.</summary>
    public const int ConfirmationHoldsDays = 30;

    private const int KeptFinds = 64;
    private const int KeptAnswers = 128;
    private const long RefusalHoldsMs = 24 * PassEvidence.MillisPerHour;
    private const long ConfirmationHoldsMs = ConfirmationHoldsDays * 24 * PassEvidence.MillisPerHour;

    private readonly SortedList<(long SeenAtMs, string Id), NamedFind> _finds = new(ByTimeThenId);
    private readonly SortedSet<Answer> _answers = [];

    private static IComparer<(long Ms, string Id)> ByTimeThenId { get; } = Comparer<(long Ms, string Id)>.Create(static (a, b) =>
        a.Ms != b.Ms ? a.Ms.CompareTo(b.Ms) : string.CompareOrdinal(a.Id, b.Id));

    public void Add(Observation observation, TruckId truck)
    {
        for (var i = 0; i < observation.Piles.Count; i++)
        {
            var find = NamedFind.Of(truck, observation.Piles, i);
            var key = (find.Find.CapturedAtMs, find.Id);
            if (!_finds.TryGetValue(key, out var namesake) || find.OutranksNamesake(namesake))
            {
                _finds[key] = find;
            }

            if (_finds.Count > KeptFinds)
            {
                _finds.RemoveAt(0);
            }
        }
    }

    public void Add(Fact fact)
    {
        if (fact.DetectionId is not { Length: > 0 } id)
        {
            return;
        }

        _answers.Add(new Answer(fact.At.ToUnixTimeMilliseconds(), fact.FactId, id, fact.Kind == FactKind.DetectionConfirmed, fact.Side));
        if (_answers.Count > KeptAnswers)
        {
            _answers.Remove(_answers.Min!);
        }
    }

    public PileState Capture() => new(_finds.Count == 0 ? [] : [.. _finds.Values], _answers.Count == 0 ? [] : [.. _answers]);

    public void Load(ref StateReader state)
    {
        TakeOver(PileState.Load(ref state));
    }

    public void TakeOver(PileState saved)
    {
        foreach (var find in saved.Finds)
        {
            _finds[(find.Find.CapturedAtMs, find.Id)] = find;
        }

        _answers.UnionWith(saved.Answers);
    }

    public void Prune(long beforeMs)
    {
        while (_finds.Count > 0 && _finds.GetKeyAtIndex(0).SeenAtMs < beforeMs)
        {
            _finds.RemoveAt(0);
        }

        _answers.RemoveWhere(a => a.AtMs < beforeMs);
    }

    /// <summary>What waits for a person, newest first: one find for each thing.</summary>
    public List<NamedFind> Pending(CleaningResets resets, long asOfMs, long sinceMs)
    {
        var pending = new List<NamedFind>();
        for (var i = _finds.Count - 1; i >= 0; i--)
        {
            var find = _finds.GetValueAtIndex(i);
            if (IsStanding(find.Find, resets, asOfMs, sinceMs) && !HasPlaceOf(find.Find, pending) && AnswerFor(find, asOfMs) is null)
            {
                pending.Add(find);
            }
        }

        return pending;
    }

    /// <summary>Whether a confirmed dumping still lies there: confirmed, seen since, and not cleaned away.</summary>
    public bool HasDumping(Side? side, CleaningResets resets, long asOfMs, long sinceMs)
    {
        if (_answers.Count == 0)
        {
            return false;
        }

        for (var i = _finds.Count - 1; i >= 0; i--)
        {
            var find = _finds.GetValueAtIndex(i);
            if ((side is null || find.Find.Side == side) && IsStanding(find.Find, resets, asOfMs, sinceMs) && AnswerFor(find, asOfMs) is { Confirmed: true })
            {
                return true;
            }
        }

        // A find that has left the bounded list is still known by the answer it got.
        return _answers.Any(a => a.AtMs <= asOfMs && a.AtMs >= sinceMs && a.AtMs >= resets.CutoffMs(a.Side, asOfMs)
            && (side is null || a.Side == side) && !_finds.Values.Any(f => f.Id == a.Id)
            && _answers.Last(other => other.Id == a.Id && other.AtMs <= asOfMs).Confirmed);
    }

    /// <summary>Whether anything was ever refused here; if not, nobody need ask about single finds.</summary>
    public bool HasRefusals => _answers.Count > 0 && _answers.Any(a => !a.Confirmed);

    /// <summary>Whether a person has said that this find is nothing.</summary>
    public bool IsRefused(NamedFind find, long asOfMs) => AnswerFor(find, asOfMs) is { Confirmed: false };

    private static bool IsStanding(in PileFind find, CleaningResets resets, long asOfMs, long sinceMs) =>
        find.CapturedAtMs <= asOfMs && find.CapturedAtMs >= sinceMs && find.CapturedAtMs >= resets.CutoffMs(find.Side, asOfMs);

    private static bool HasPlaceOf(in PileFind find, List<NamedFind> others)
    {
        foreach (ref readonly var other in CollectionsMarshal.AsSpan(others))
        {
            if (IsSamePlace(other.Find, find))
            {
                return true;
            }
        }

        return false;
    }

    private Answer? AnswerFor(NamedFind find, long asOfMs)
    {
        if (_answers.Count == 0)
        {
            return null;
        }

        foreach (var answer in _answers.Reverse()) // Newest first: people may think again.
        {
            if (answer.AtMs <= asOfMs && Covers(answer, find))
            {
                return answer;
            }
        }

        return null;
    }

    private bool Covers(Answer answer, NamedFind find)
    {
        if (answer.Id == find.Id)
        {
            return true;
        }

        var holds = answer.Confirmed ? ConfirmationHoldsMs : RefusalHoldsMs;
        return find.Find.CapturedAtMs <= answer.AtMs + holds
            && _finds.Values.Any(f => f.Id == answer.Id && IsSamePlace(f.Find, find.Find));
    }

    private static bool IsSamePlace(in PileFind a, in PileFind b) =>
        a.Kind == b.Kind && a.Side == b.Side && Math.Abs(a.OffsetMetres - b.OffsetMetres) <= SamePlaceMetres;

    internal sealed record Answer(long AtMs, string FactId, string Id, bool Confirmed, Side Side) : IComparable<Answer>
    {
        // By every field: only the very same answer counts once.
        public int CompareTo(Answer? other) => other is null ? 1 : Order.CompareTo(other.Order) is var order and not 0 ? order
            : string.CompareOrdinal(FactId + '\n' + Id, other.FactId + '\n' + other.Id);

        private (long, bool, Side) Order => (AtMs, Confirmed, Side);
    }
}
