namespace CleanStreets.Edge.Upgrade;

/// <summary>The folder into which one kind of release is fetched, and the list of those that are not tried again.</summary>
/// <remarks>
/// A release is in it step by step: manifest and signature, the archive in parts, the archive, the mark <c>ready</c>. Each step is on the disk before the next, so a power cut between any two
/// leaves a step that the next look goes on from. Another release clears the folder, its mark first.
/// </remarks>
internal sealed class UpgradeFolder(string path)
{
    private const int MostRefused = 20;

    /// <summary>The archive, once it is right.</summary>
    public string Archive => Path.Combine(path, "archive");

    /// <summary>Whether the release in it waits to be started.</summary>
    public bool IsReady => File.Exists(Path.Combine(path, "ready"));

    /// <summary>Restarts asked for so far for the release in it.</summary>
    public int Asked => int.TryParse(StateFile.Value(Path.Combine(path, "ready"), "asked"), out var asked) ? asked : 0;

    /// <summary>What flowed when it was made ready, and must flow again: <c>readings</c>, <c>camera</c>.</summary>
    public IReadOnlyList<string> Flows => StateFile.Value(Path.Combine(path, "ready"), "flows")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Tries of the release in it that were begun and did not end: the agent ended before them, as it does when memory runs out.</summary>
    public int Tried => int.TryParse(StateFile.Value(Path.Combine(path, "tried"), "tried"), out var tried) ? tried : 0;

    private string Manifest => Path.Combine(path, "manifest");

    private string Refused => Path.Combine(path, "refused");

    /// <summary>Why a release is not tried again; null when it may be.</summary>
    public string? RefusalOf(string manifest) => StateFile.Value(Refused, manifest);

    /// <summary>Never tries a release again, and clears the folder.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Refuse(string manifest, string reason)
    {
        if (RefusalOf(manifest) is null)
        {
            StateFile.Write(Refused, [.. StateFile.Lines(Refused).TakeLast(MostRefused - 1), $"{manifest} {reason.ReplaceLineEndings(" ")}"]);
        }

        Clear();
    }

    /// <summary>The folder is for this release from now on.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Begin(ReleaseManifest release, ReadOnlySpan<byte> signature)
    {
        if (File.Exists(Manifest) && File.ReadAllBytes(Manifest).AsSpan().SequenceEqual(release.Signed.Span))
        {
            return;
        }

        Clear();
        StateFile.Write(Manifest + ".sig", signature);
        StateFile.Write(Manifest, release.Signed.Span);
    }

    /// <summary>All of it is there.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void MakeReady(IEnumerable<string> flows) =>
        StateFile.Write(Path.Combine(path, "ready"), $"asked {Asked + 1}", $"flows {string.Join(' ', flows)}");

    /// <summary>Notes how many tries were begun and did not end.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void NoteTries(int count) => StateFile.Write(Path.Combine(path, "tried"), $"tried {count}");

    /// <summary>Nothing is fetched any more.</summary>
    public void Clear()
    {
        // The mark first: without it nobody looks at the rest.
        foreach (var name in new[] { "ready", "manifest", "manifest.sig", "archive", "archive.part", "archive.again", "tried" })
        {
            StateFile.Remove(Path.Combine(path, name));
        }
    }
}
