using System.Globalization;
using System.Text;
using CleanStreets.Contracts.Disk;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>The snapshots on disk: the newest two that are complete, and those set aside because they do not read.</summary>
internal sealed class SnapshotFolder(string directory)
{
    /// <summary>Two, because the newest may turn out not to read.</summary>
    public const int Kept = 2;

    private const string ManifestExtension = ".snapshot";

    public Func<string, FileMode, IJournalFile> OpenFile { get; init; } = static (path, mode) => new DiskJournalFile(path, mode);

    public string PathOf(long position, SnapshotPart part) => PathOf(position, '.' + part.Name());

    /// <summary>Complete snapshots, newest first. One whose manifest does not read is set aside and told.</summary>
    public List<SnapshotManifest> List(Action<long, string> setAside)
    {
        var manifests = new List<SnapshotManifest>();
        if (!Directory.Exists(directory))
        {
            return manifests;
        }

        foreach (var path in Directory.EnumerateFiles(directory, "*" + ManifestExtension).OrderDescending(StringComparer.Ordinal).ToList())
        {
            var position = PositionIn(path);
            try
            {
                manifests.Add(Read(path, position));
            }
            catch (Exception ex) when (ex is SnapshotException or IOException)
            {
                SetAside(position);
                setAside(position, ex.Message);
            }
        }

        return manifests;
    }

    /// <summary>What admission knew at the newest snapshot that reads, for somebody who only looks: nothing is set aside. None without one.</summary>
    public static IReadOnlyList<SessionAdmission> ReadAdmission(string directory)
    {
        var folder = new SnapshotFolder(directory);
        var manifests = Directory.Exists(directory) ? Directory.GetFiles(directory, "*" + ManifestExtension) : [];
        foreach (var path in manifests.OrderDescending(StringComparer.Ordinal))
        {
            try
            {
                var position = folder.Read(path, PositionIn(path)).Position;
                var admission = new Admission(new AdmissionOptions());
                PartReader.Read(folder.PathOf(position, SnapshotPart.Admission), SnapshotPart.Admission, position, admission.Load);
                return [.. admission.Sessions];
            }
            catch (Exception ex) when (ex is SnapshotException or IOException)
            {
                // The older one says less, and is right too.
            }
        }

        return [];
    }

    /// <summary>Makes a snapshot count: the manifest is renamed into place once all its parts are on disk. The oldest beyond the kept ones go.</summary>
    /// <returns>What is kept.</returns>
    public KeptSnapshots Complete(SnapshotManifest manifest)
    {
        var path = PathOf(manifest.Position, ManifestExtension);
        using (var file = OpenFile(path + ".next", FileMode.Create))
        {
            file.Write(Encoding.UTF8.GetBytes(manifest.Write()), 0);
            file.Flush();
        }

        File.Move(path + ".next", path, overwrite: true);
        DirectoryFlush.Flush(directory);
        return Prune();
    }

    /// <summary>Writes one part and returns its length once it is on disk.</summary>
    public long Write(long position, SnapshotPart part, Action<PartWriter> write)
    {
        Directory.CreateDirectory(directory);
        using var writer = new PartWriter(OpenFile(PathOf(position, part), FileMode.Create), part, position);
        write(writer);
        writer.Complete();
        return writer.Length;
    }

    /// <summary>Moves a snapshot that does not read out of the way, for diagnosis; the last few are kept.</summary>
    public void SetAside(long position)
    {
        var damaged = Path.Combine(directory, "damaged");
        if (Directory.Exists(damaged))
        {
            Directory.Delete(damaged, recursive: true); // One is enough to look at; they are large.
        }

        Directory.CreateDirectory(damaged);
        foreach (var path in FilesOf(position))
        {
            File.Move(path, Path.Combine(damaged, Path.GetFileName(path)));
        }
    }

    /// <summary>Removes what a kill left half written, and snapshots beyond the kept ones.</summary>
    /// <returns>What is kept.</returns>
    public KeptSnapshots Prune()
    {
        if (!Directory.Exists(directory))
        {
            return default;
        }

        var kept = Directory.EnumerateFiles(directory, "*" + ManifestExtension).Select(PositionIn).OrderDescending().Take(Kept).ToHashSet();
        foreach (var path in Directory.EnumerateFiles(directory).Where(path => !kept.Contains(PositionIn(path)) || path.EndsWith(".next", StringComparison.Ordinal)).ToList())
        {
            File.Delete(path);
        }

        return new KeptSnapshots(kept.Count, kept.Count == 0 ? 0 : kept.Min());
    }

    private SnapshotManifest Read(string path, long position)
    {
        var manifest = SnapshotManifest.Read(File.ReadAllText(path));
        if (manifest.Position != position)
        {
            throw new SnapshotException("its manifest is of another snapshot");
        }

        foreach (var (part, bytes) in manifest.PartBytes)
        {
            var file = new FileInfo(PathOf(position, part));
            if (!file.Exists || file.Length != bytes)
            {
                throw new SnapshotException($"its {part.Name()} part is {(file.Exists ? $"{file.Length} bytes long instead of {bytes}" : "missing")}");
            }
        }

        return manifest;
    }

    private List<string> FilesOf(long position) =>
        [.. Directory.EnumerateFiles(directory, position.ToString("D20", CultureInfo.InvariantCulture) + ".*")];

    private string PathOf(long position, string extension) =>
        Path.Combine(directory, position.ToString("D20", CultureInfo.InvariantCulture) + extension);

    private static long PositionIn(string path) =>
        long.TryParse(Path.GetFileName(path).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : -1;
}
