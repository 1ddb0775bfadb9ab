using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Snapshot;

namespace CleanStreets.Ingest.Tests.Snapshot;

public sealed class RecoveryTests
{
    private const long Start = 1_764_000_000_000;

    public static TheoryData<int> Seeds => [1, 2, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Recovered_from_a_snapshot_anywhere_everything_is_as_if_there_had_been_no_stop(int seed)
    {
        using var bench = new RecoveryBench();
        bench.Write(seed, messages: 300, Start);
        var random = new Random(seed);
        var end = bench.Ends[^1];
        var whole = bench.Recover(end);
        var (admission, quarantine, _) = bench.RecoverAdmission();
        admission.ShouldBe(bench.Live, $"seed {seed}: replay equals live");
        var (state, scores) = (whole.State(), whole.Scores());
        scores.ShouldContain("\"seen\"");
        foreach (var position in Enumerable.Range(0, 4).Select(_ => bench.Ends[random.Next(bench.Ends.Count)]).Append(end).Order())
        {
            bench.TakeSnapshot(position);

            var recovered = bench.Recover(end);

            recovered.Records.ShouldBeLessThan(whole.Records, $"seed {seed}, at {position}");
            recovered.State().ShouldBe(state, $"seed {seed}, at {position}");
            recovered.Scores().ShouldBe(scores, $"seed {seed}, at {position}");
            var heads = bench.RecoverAdmission();
            heads.State.ShouldBe(admission, $"seed {seed}, at {position}");
            heads.Quarantine.ShouldBe(quarantine, $"seed {seed}, at {position}");
        }

        bench.Log.ShouldBeEmpty();
    }

    [Fact]
    public void Snapshot_damaged_anywhere_is_set_aside_and_the_older_one_is_used()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 4, messages: 120, Start);
        var (older, newer, end) = (bench.Ends[40], bench.Ends[80], bench.Ends[^1]);
        var scores = bench.Recover(end).Scores();
        var admission = bench.RecoverAdmission().State;
        bench.TakeSnapshot(older);
        bench.TakeSnapshot(newer);
        var random = new Random(4);
        foreach (var path in Directory.GetFiles(bench.Paths.Snapshots).Where(path => Path.GetFileName(path).Contains($"{newer}.")).ToList())
        {
            var bytes = File.ReadAllBytes(path);
            for (var i = 0; i < 12; i++)
            {
                var damaged = bytes.ToArray();
                damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, i < 6 ? damaged : bytes[..random.Next(bytes.Length)]);

                bench.RecoverAdmission().State.ShouldBe(admission);
                bench.Recover(end).Scores().ShouldBe(scores);

                bench.Log.ShouldContain(line => line.Contains($"{newer} is set aside"), path);
                File.Exists(bench.Snapshots.PathOf(older, SnapshotPart.Score)).ShouldBeTrue();
                File.Exists(path).ShouldBeFalse("what does not read is out of the way");
                File.WriteAllBytes(path, bytes);
                bench.TakeSnapshot(newer);
            }
        }

        foreach (var path in Directory.GetFiles(bench.Paths.Snapshots, "*.snapshot"))
        {
            File.WriteAllText(path, "nonsense");
        }

        bench.Recover(end).Scores().ShouldBe(scores, "without any snapshot the whole journal is read");
    }

    [Fact]
    public void Snapshot_taken_under_another_method_serves_all_the_same()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 5, messages: 60, Start);
        var whole = bench.Recover(bench.Ends[^1]);
        bench.TakeSnapshot(bench.Ends[30], method: "crow-2");

        var recovered = bench.Recover(bench.Ends[^1]);

        recovered.Records.ShouldBeLessThan(whole.Records);
        recovered.Scores().ShouldBe(whole.Scores());
        bench.Log.ShouldBeEmpty();
    }

    [Fact]
    public void Snapshot_of_other_streets_serves_admission_only()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 5, messages: 60, Start);
        var whole = bench.Recover(bench.Ends[^1]);
        var admission = bench.RecoverAdmission();
        bench.TakeSnapshot(bench.Ends[30], "other-streets");

        bench.Recover(bench.Ends[^1]).Records.ShouldBe(whole.Records);

        bench.Log.Single().ShouldContain("is not used for scores");
        var again = bench.RecoverAdmission();
        again.State.ShouldBe(admission.State);
        again.Records.ShouldBeLessThan(admission.Records);
    }

    [Fact]
    public void Snapshot_ahead_of_the_store_is_not_used_for_scores_so_no_pass_is_missing_there()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 6, messages: 60, Start);
        bench.TakeSnapshot(bench.Ends[10]);
        bench.TakeSnapshot(bench.Ends[30]);
        var whole = bench.Recover(bench.Ends[^1], storedThrough: 0).Records;
        var older = bench.Recover(bench.Ends[^1], bench.Ends[20]).Records;
        var newer = bench.Recover(bench.Ends[^1], bench.Ends[30]).Records;
        (whole > older && older > newer).ShouldBeTrue($"{whole} {older} {newer}");
    }

    [Fact]
    public void Only_two_snapshots_are_kept_and_what_a_kill_left_half_written_goes()
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 7, messages: 60, Start);
        foreach (var position in new[] { bench.Ends[10], bench.Ends[20], bench.Ends[30] })
        {
            bench.TakeSnapshot(position);
        }

        bench.Snapshots.Write(bench.Ends[40], SnapshotPart.Admission, _ => { });
        File.WriteAllText(Path.Combine(bench.Paths.Snapshots, $"{bench.Ends[50]:D20}.snapshot.next"), "half");

        bench.Snapshots.Prune().ShouldBe(new KeptSnapshots(2, bench.Ends[20]));

        Directory.GetFiles(bench.Paths.Snapshots).Length.ShouldBe(2 * 5);
        bench.Snapshots.List((_, reason) => throw new InvalidOperationException(reason)).Select(manifest => manifest.Position)
            .ShouldBe([bench.Ends[30], bench.Ends[20]]);
    }

    [Fact]
    public void Manifest_stays_readable()
    {
        var manifest = new SnapshotManifest(4711, DateTimeOffset.FromUnixTimeMilliseconds(Start), "a1b2", "crow-1", SnapshotParts.Files.ToDictionary(part => part, part => (long)part * 100));
        const string text = "cleanstreets snapshot 1\nposition 4711\ntaken 2025-11-24T16:00:00.0000000Z\nnetwork a1b2\nmethod crow-1\n" +
            "admission 100\nquarantine 200\nmatch 300\nscore 400\nsum bb58e029\n";
        manifest.Write().ShouldBe(text);
        var read = SnapshotManifest.Read(text);
        (read.Position, read.TakenAt, read.NetworkVersion, read.Method, read.PartBytes[SnapshotPart.Score])
            .ShouldBe((4711L, manifest.TakenAt, "a1b2", "crow-1", 400L));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Manifest_with_anything_changed_does_not_read(int seed)
    {
        var random = new Random(seed);
        var text = new SnapshotManifest(1, DateTimeOffset.UnixEpoch, "n", "m", SnapshotParts.Files.ToDictionary(part => part, _ => 1L)).Write();
        for (var i = 0; i < 2000; i++)
        {
            var changed = text.ToCharArray();
            changed[random.Next(changed.Length)] = (char)random.Next(10, 127);
            var candidate = random.Next(3) == 0 ? text[..random.Next(text.Length)] : new string(changed);
            if (candidate != text)
            {
                Should.Throw<SnapshotException>(() => SnapshotManifest.Read(candidate), $"seed {seed}: {candidate}");
            }
        }
    }

    [Fact]
    public void Reader_follows_a_journal_that_is_being_written_into_its_next_files()
    {
        using var bench = new Journal.JournalBench();
        bench.Options.SegmentBytes = 64 * 1024;
        using var writer = bench.Open();
        using var reader = new JournalReader(bench.Directory) { Limit = 0 };
        var read = 0;
        for (var i = 0; i < 60; i++)
        {
            writer.Append(Journal.JournalBench.Record($"{i} " + new string('x', 9000)));
            writer.Append(Journal.JournalBench.Record($"not committed when {i} is read"));
            writer.Commit();
            reader.Limit = writer.Position;
            while (reader.TryReadNext(out _))
            {
                read++;
            }

            read.ShouldBe((i + 1) * 2);
        }

        Directory.GetFiles(bench.Directory).Length.ShouldBeGreaterThan(5);
        reader.Damage.ShouldBeEmpty();
    }
}
