using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A software upgrade changes no score, whatever kind of record it came out of: <c>Golden/Records</c> holds every kind that there is.</summary>
public sealed class GoldenRecordsTests : IAsyncLifetime
{
    private readonly GoldenJournal _golden = new("Records");

    public static TheoryData<string> Methods => GoldenCityTests.Methods;

    public async ValueTask InitializeAsync()
    {
        if (GoldenJournal.MayWrite && !File.Exists(_golden.File))
        {
            await RecordsJournal.WriteAsync(_golden.File, _golden.Network);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Upgrade_changes_no_score_and_no_period(string method)
    {
        var newest = _golden.Run(method, asOfMs: null);
        var middle = _golden.Run(method, newest.AsOfMs - (12 * 3_600_000)); // Behind the backlog, before the second day.

        _golden.Check($"{method}.txt", GoldenJournal.Scores(newest) + GoldenJournal.Scores(middle) + _golden.Period(newest));
    }

    [Fact]
    public void Upgrade_changes_no_pass_and_no_bridge_factor()
    {
        var bridges = _golden.Run("crow-2", asOfMs: null).BookBefore.Models.Comparisons()
            .SelectMany(bridge => bridge.Kinds.Select(kind => System.FormattableString.Invariant(
                $"{bridge.Older} {bridge.Newer} same frames {bridge.OnSameFrames} {kind.Kind} {kind.Factor:R} ({kind.Low:R} to {kind.High:R}), {kind.Places} places\n")));
        _golden.Check("passes.txt", _golden.Passes() + string.Concat(bridges));
    }

    [Fact]
    public void Journal_holds_every_kind_of_record_fact_and_verdict()
    {
        var types = new HashSet<JournalRecordType>();
        var flags = JournalRecordFlags.None;
        var (facts, verdicts) = (new HashSet<FactKind>(), new HashSet<QuarantineReason>());
        var (trials, inUse) = (0, new HashSet<string>());
        var decoder = new ReadingDecoder();
        using (var reader = new JournalReader(_golden.Folder))
        {
            while (reader.TryReadNext(out var record))
            {
                types.Add(record.Type);
                flags |= record.Flags;
                verdicts.UnionWith(record.Verdicts.ToArray().Select(verdict => (QuarantineReason)verdict));
                if (record.Type == JournalRecordType.Fact)
                {
                    facts.Add(System.Text.Json.JsonSerializer.Deserialize(record.Payload, Contracts.ContractJson.Default.Fact)!.Kind);
                }
                else if (record.Type == JournalRecordType.Readings && decoder.Decode(record.Payload, [], new ReadingBuffer(), out var envelope) == QuarantineReason.None)
                {
                    trials += envelope.IsTrial ? 1 : 0;
                    inUse.Add(envelope.IsTrial ? string.Empty : envelope.ModelVersion ?? string.Empty);
                }
            }
        }

        types.ShouldBe(Enum.GetValues<JournalRecordType>().Where(type => type != JournalRecordType.StoreRows), ignoreOrder: true, "a new type of record wants a golden journal that holds it");
        Enum.GetValues<JournalRecordFlags>().Where(flag => !flags.HasFlag(flag)).ShouldBeEmpty("a new flag wants a golden journal that holds it");
        facts.ShouldBe(Enum.GetValues<FactKind>(), ignoreOrder: true, "a new kind of fact wants a golden journal that holds it");
        verdicts.ShouldContain((QuarantineReason)255, "a duplicate");
        verdicts.ShouldContain(QuarantineReason.PositionOutOfRange);
        trials.ShouldBeGreaterThan(10);
        inUse.Count(version => version.Length > 0).ShouldBeGreaterThan(1, "a change of detector");
    }

    [Fact]
    public void Every_kind_of_evidence_bears_on_a_score()
    {
        var run = _golden.Run("crow-2", asOfMs: null);
        run.Span.Damage.ShouldBeEmpty();
        run.Span.Unreadable.ShouldBe(0);
        var sentences = string.Join('\n', _golden.Network.Segments.Where(segment => run.BookBefore[segment.Index] is not null).SelectMany(segment =>
            ScoreMethods.Find("crow-2")!.Explain(run.BookBefore[segment.Index]!, _golden.Network.Version, run.AsOfMs, []).Sentences));

        run.BookBefore.Models.Trials.ShouldHaveSingleItem();
        foreach (var told in new[] { "UTC was verified", "a person has confirmed it", "because of work order W-", "taken again by the same truck" })
        {
            sentences.ShouldContain(told);
        }

        _golden.Passes().Split('\n').Count(line => line.Length > 0 && IsOverMidnight(line)).ShouldBeGreaterThan(0, "a pass over midnight");

        static bool IsOverMidnight(string line)
        {
            var cells = line.Split(' ');
            return cells.Length > 3 && long.TryParse(cells[2], out var entered) && long.TryParse(cells[3], out var left) && entered / 86_400_000 < left / 86_400_000;
        }
    }

    [Fact]
    public void Every_file_belongs_to_a_method() => _golden.ShouldHaveEveryMethod();

    public ValueTask DisposeAsync()
    {
        _golden.Dispose();
        return ValueTask.CompletedTask;
    }
}
