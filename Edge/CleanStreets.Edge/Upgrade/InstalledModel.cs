using System.Globalization;
using CleanStreets.Contracts.Disk;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Vision;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The model that the city has sent, beside the one of the camera's file: which is used, and whether it is on trial.</summary>
/// <remarks>
/// Folder <c>models</c>: one folder a version, and <c>state</c>, which is written whole: <c>current</c>, and of a trial <c>manifest</c>, <c>previous</c>, <c>starts</c> and <c>boot</c>. A trial ends
/// well at the first look of the camera, and badly when the model cannot be opened, or when the program ended three times in one boot before that look.
/// </remarks>
internal sealed class InstalledModel(string folder, string boot)
{
    /// <summary>The camera's file's own model.</summary>
    public static Version Own { get; } = new(0, 0, 0);

    private const int MaxStarts = 3;
    private const string None = "0.0.0";

    private string State => Path.Combine(folder, "state");

    /// <summary>The version used; 0.0.0 is the camera's file's own.</summary>
    public Version Current => Version.TryParse(StateFile.Value(State, "current"), out var version) ? version : Own;

    /// <summary>Manifest of the model on trial; null when none is.</summary>
    public string? Trial => StateFile.Value(State, "manifest");

    /// <summary>How its last upgrade ended, for the status.</summary>
    public (UpgradeState State, string? Detail) Outcome => Trial is not null ? (UpgradeState.Trial, null) : StateFile.Value(State, "outcome")?.Split(' ', 2) switch
    {
        ["confirmed", ..] => (UpgradeState.Confirmed, null),
        ["rolled-back", var reason] => (UpgradeState.RolledBack, reason),
        _ => (UpgradeState.Current, null),
    };

    /// <summary>The camera's file with the model in use.</summary>
    public CameraFile Applied(CameraFile file)
    {
        var used = FolderOf(Current);
        return Current == Own ? file : file with
        {
            Model = Path.Combine(used, ModelRelease.ModelFile),
            Labels = Path.Combine(used, ModelRelease.LabelsFile),
            Settings = File.Exists(Path.Combine(used, ModelRelease.SettingsFile)) ? Path.Combine(used, ModelRelease.SettingsFile) : file.Settings,
        };
    }

    /// <summary>Folder of a version.</summary>
    public string FolderOf(Version version) => Path.Combine(folder, version.ToString());

    /// <summary>Puts a model that has been tried in its place; the next start uses it, on trial.</summary>
    /// <param name="release">What it is.</param>
    /// <param name="unpacked">Its folder, below this one.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Begin(ReleaseManifest release, string unpacked)
    {
        var place = FolderOf(release.Version);
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true); // Not in use: a release never takes the place of itself.
        }

        Directory.Move(unpacked, place);
        DirectoryFlush.Flush(folder);
        StateFile.Write(State, $"current {release.Version}", $"manifest {release.Id}", $"previous {Current}", "starts 0", $"boot {boot}");
    }

    /// <summary>Counts a start of a model on trial.</summary>
    /// <returns>Why it has had its chances; null when it has one more, or none is on trial.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public string? CountStart()
    {
        if (Trial is not { } manifest)
        {
            return null;
        }

        var starts = StateFile.Value(State, "boot") == boot && int.TryParse(StateFile.Value(State, "starts"), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before + 1 : 1;
        if (starts > MaxStarts)
        {
            return $"the camera did not look in {MaxStarts} starts";
        }

        StateFile.Write(State, $"current {Current}", $"manifest {manifest}", $"previous {StateFile.Value(State, "previous") ?? None}", $"starts {starts}", $"boot {boot}");
        return null;
    }

    /// <summary>The model on trial has failed: the one before is used again.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void GoBack(string reason)
    {
        var failed = Current;
        StateFile.Write(State, $"current {StateFile.Value(State, "previous") ?? None}", $"outcome rolled-back {failed}: {reason.ReplaceLineEndings(" ")}");
        Sweep(Current);
    }

    /// <summary>The model on trial is good.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Confirm()
    {
        var previous = Version.TryParse(StateFile.Value(State, "previous"), out var version) ? version : Own;
        StateFile.Write(State, $"current {Current}", $"outcome confirmed {Current}");
        Sweep(Current, previous);
    }

    private void Sweep(params Version[] keep)
    {
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (!keep.Any(version => Path.GetFileName(child) == version.ToString()))
            {
                Directory.Delete(child, recursive: true);
            }
        }
    }
}
