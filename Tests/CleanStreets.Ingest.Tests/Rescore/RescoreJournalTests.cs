using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Tests.Snapshot;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>Journals that are not whole: cut at the front by retention, half written at the end, damaged in the middle.</summary>
public sealed class RescoreJournalTests : IDisposable
{
    private const long Start = 1_764_000_000_000;

    private readonly RecoveryBench _bench = new();

    [Fact]
    public void What_retention_removed_comes_from_the_snapshot_and_the_scores_are_the_live_ones_to_the_last_bit()
    {
        _bench.Write(seed: 21, messages: 300, Start);
        var whole = Run();
        whole.Rows.Count(row => row.Before.IsSeen).ShouldBeGreaterThan(5);
        _bench.TakeSnapshot(_bench.Ends[200]);
        RemoveOldest(below: _bench.Ends[200]);

        var rest = Run();

        rest.FromSnapshot.ShouldBeTrue();
        rest.Span.From.ShouldBe(_bench.Ends[200]);
        rest.MissesEvidence.ShouldBeFalse();
        rest.Count(StreetChange.None).ShouldBe(rest.Rows.Count);
        Scores(rest).ShouldBe(Scores(whole));
        Directory.GetFiles(_bench.Paths.Snapshots).Length.ShouldBe(5, "the snapshot is as it was");
    }

    [Fact]
    public void Without_a_snapshot_and_for_settings_of_passes_it_says_from_when_and_that_evidence_is_missing()
    {
        _bench.Write(seed: 22, messages: 300, Start);
        var whole = Run();
        _bench.TakeSnapshot(_bench.Ends[200]);
        RemoveOldest(below: _bench.Ends[200]);

        var anew = Run("observing.recall=0.8");

        anew.FromSnapshot.ShouldBeFalse();
        anew.MissesEvidence.ShouldBeTrue();
        anew.Span.From.ShouldBeGreaterThan(0);
        anew.Span.OldestReceivedAtMs.ShouldBeGreaterThan(Start);
        anew.BookBefore.Passes.ShouldBeLessThan(whole.BookBefore.Passes);
        using var text = new StringWriter();
        RescoreText.Write(anew, text);
        text.ToString().ShouldContain($"Readings from before {RescoreText.Time(anew.Span.OldestReceivedAtMs)} are gone");
        foreach (var file in Directory.GetFiles(_bench.Paths.Snapshots, "*.score"))
        {
            File.WriteAllBytes(file, [1, 2, 3]);
        }

        var torn = Run();
        torn.FromSnapshot.ShouldBeFalse("a snapshot that does not read is passed over");
        torn.Count(StreetChange.None).ShouldBe(torn.Rows.Count);
        Directory.GetFiles(_bench.Paths.Snapshots).Length.ShouldBe(5, "and stays where it is");
    }

    [Fact]
    public void A_group_that_is_just_being_written_is_no_damage_and_damage_in_the_middle_is_told()
    {
        _bench.Write(seed: 23, messages: 120, Start);
        var whole = Run();
        var files = Files();
        using (var stream = new FileStream(files[^1], FileMode.Append))
        {
            stream.Write("CSjR"u8);
            stream.Write(new byte[40]);
        }

        var writing = Run();

        writing.Span.Damage.ShouldBeEmpty();
        Scores(writing).ShouldBe(Scores(whole));
        var bytes = File.ReadAllBytes(files[0]);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(files[0], bytes);
        var damaged = Run();
        damaged.Span.Damage.ShouldHaveSingleItem().Kind.ShouldBe(JournalDamageKind.Middle);
        damaged.Count(StreetChange.None).ShouldBe(damaged.Rows.Count);
    }

    public void Dispose() => _bench.Dispose();

    private RescoreResult Run(params string[] settings) => new Rescorer(_bench.Paths, _bench.Network, _bench.Options)
        .Run(ScoringChoice.Live(), ScoringChoice.Of("crow-2", settings), Start + 3_600_000, [], _ => { });

    private static string Scores(RescoreResult result) =>
        string.Join('\n', result.Rows.Where(row => row.After.Score is not null).Select(row => StreetScore.Written(row.After.Score!)));

    private List<string> Files() => [.. Directory.GetFiles(_bench.Paths.Journal, "*" + JournalFormat.FileExtension).Order(StringComparer.Ordinal)];

    private void RemoveOldest(long below)
    {
        var files = JournalSegmentFile.List(_bench.Paths.Journal, []).Where(file => file.End <= below).ToList();
        files.ShouldNotBeEmpty();
        files.ForEach(file => File.Delete(file.Path));
    }
}
