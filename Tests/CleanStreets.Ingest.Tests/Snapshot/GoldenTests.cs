using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Snapshot;

/// <summary>A journal and a snapshot that version 1 wrote stay readable, and give the scores they gave.</summary>
/// <remarks>
/// The files in <c>Golden/</c> are never written anew for an existing version. A change that alters the scores of <c>crow-1</c> is a new method;
/// one that alters a part's bytes is a new version of the part, with a golden file of its own. <c>CLEANSTREETS_WRITE_GOLDEN=1</c> writes missing ones.
/// </remarks>
public sealed class GoldenTests
{
    private const int MessagesBeforeSnapshot = 40;

    private static string AdmissionFile => $"admission-{SnapshotPart.Admission.Version()}.hex";

    private static string Folder => RepositoryRoot.Combine("Tests", "CleanStreets.Ingest.Tests", "Golden");

    [Fact]
    public void Journal_of_version_1_gives_the_scores_and_the_admission_it_gave()
    {
        using var bench = Open();
        var run = bench.Recover(End(bench));
        run.Scores().ShouldBe(Golden("scores.json", () => run.Scores()));
        Convert.ToHexString(bench.RecoverAdmission().State).ShouldBe(Golden(AdmissionFile, () => Convert.ToHexString(bench.RecoverAdmission().State)));
    }

    [Fact]
    public void Admission_as_version_1_saved_it_knows_the_same_sessions()
    {
        var now = Known(SnapshotPart.Admission.Version(), AdmissionFile);
        now.Count.ShouldBe(5);
        Known(1, "admission.hex").ShouldBe(now);

        static List<string> Known(int version, string file)
        {
            var bytes = Convert.FromHexString(Golden(file, () => throw new InvalidOperationException("Nothing writes an old version anew.")));
            var loaded = new Admission(new AdmissionOptions());
            var reader = new StateReader(bytes, new TextCache(64), version);
            while (!reader.IsAtEnd)
            {
                loaded.Load(ref reader);
            }

            return [.. loaded.Sessions.Select(s =>
                $"{s.Truck} {s.Id} {s.StoredThrough} {s.OldestSequence} {s.ClockShiftMs} {s.LastReceivedAtMs} {s.Closed} {string.Join(',', s.Settled.Items)} {s.UnsureThroughMs} {s.Unsure}").Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void Snapshot_is_written_byte_by_byte_as_its_version_says()
    {
        using var bench = Open();
        bench.TakeSnapshot(Position(bench));
        foreach (var (part, path) in Parts(bench))
        {
            var written = Convert.ToHexString(File.ReadAllBytes(path));
            written.ShouldBe(Golden($"snapshot-{part.Version()}.{part.Name()}.hex", () => written), part.Name());
        }
    }

    [Fact]
    public void Snapshot_of_every_version_is_read_and_gives_the_scores_it_gave()
    {
        using var bench = Open();
        bench.TakeSnapshot(Position(bench));
        foreach (var (part, path) in Parts(bench))
        {
            for (var version = 1; version <= part.Version(); version++)
            {
                var written = File.ReadAllBytes(path);
                Replace(bench, part, path, Convert.FromHexString(
                    Golden($"snapshot-{version}.{part.Name()}.hex", () => throw new InvalidOperationException("Nothing writes an old version anew."))));

                var recovered = bench.Recover(End(bench));

                recovered.Records.ShouldBeLessThan(MessagesBeforeSnapshot * 2, $"{part.Name()} {version}: from the snapshot, not from the whole journal");
                recovered.Scores().ShouldBe(Golden("scores.json", () => throw new InvalidOperationException()), $"{part.Name()} {version}");
                bench.Log.ShouldBeEmpty();
                Replace(bench, part, path, written);
            }
        }
    }

    private static void Replace(RecoveryBench bench, SnapshotPart part, string path, byte[] bytes)
    {
        var manifest = bench.Snapshots.List((_, _) => { }).Single();
        File.WriteAllBytes(path, bytes);
        bench.Snapshots.Complete(manifest with { PartBytes = new Dictionary<SnapshotPart, long>(manifest.PartBytes) { [part] = bytes.Length } });
    }

    private static IEnumerable<(SnapshotPart Part, string Path)> Parts(RecoveryBench bench) =>
        SnapshotParts.Files.Select(part => (part, bench.Snapshots.PathOf(Position(bench), part)));

    private static RecoveryBench Open()
    {
        var streets = Path.Combine(Folder, "streets.geojson");
        if (MayWrite && !File.Exists(streets))
        {
            Directory.CreateDirectory(Folder);
            using var stream = File.Create(streets);
            StreetFile.WriteGeoJson(GeneratedCity.Create(seed: 7), stream);
        }

        var bench = new RecoveryBench { Network = StreetFile.Read(streets) };
        var journal = Path.Combine(Folder, JournalSegmentFile.NameOf(0));
        Directory.CreateDirectory(bench.Paths.Journal);
        if (MayWrite && !File.Exists(journal))
        {
            bench.Options.Journal.SegmentBytes = 1 << 20;
            bench.Write(seed: 11, messages: 2 * MessagesBeforeSnapshot, startMs: 1_764_000_000_000);
            File.Copy(Path.Combine(bench.Paths.Journal, JournalSegmentFile.NameOf(0)), journal);
        }

        File.Copy(journal, Path.Combine(bench.Paths.Journal, JournalSegmentFile.NameOf(0)), overwrite: true);
        return bench;
    }

    private static bool MayWrite => Environment.GetEnvironmentVariable("CLEANSTREETS_WRITE_GOLDEN") == "1";

    private static string Golden(string name, Func<string> write)
    {
        var path = Path.Combine(Folder, name);
        if (MayWrite && !File.Exists(path))
        {
            File.WriteAllText(path, write());
        }

        return File.ReadAllText(path);
    }

    private static long End(RecoveryBench bench)
    {
        using var reader = new JournalReader(bench.Paths.Journal);
        return reader.End;
    }

    private static long Position(RecoveryBench bench)
    {
        using var reader = new JournalReader(bench.Paths.Journal);
        var position = 0L;
        for (var i = 0; i < MessagesBeforeSnapshot && reader.TryReadNext(out var record); i++)
        {
            position = record.End;
        }

        return position;
    }
}
