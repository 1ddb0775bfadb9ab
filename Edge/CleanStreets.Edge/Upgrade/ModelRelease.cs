using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Upgrade;

/// <summary>Unpacks a model and tries it in a process of its own: what a bad file does to the runtime, it does not do to the agent.</summary>
internal static class ModelRelease
{
    /// <summary>Names in the archive; settings and sample need not be there.</summary>
    public const string ModelFile = "model.onnx", LabelsFile = "labels.txt", CardFile = "model.card.json", SettingsFile = "vision.json", SampleFile = "sample.jpg";

    private const long MostBytes = 1L << 30;
    private static readonly TimeSpan TrialTime = TimeSpan.FromMinutes(5);

    /// <summary>Unpacks an archive that is right; all of it is on the disk when this returns.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">Where to; what was there before goes.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="UpgradeException">It is no archive of a model.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static async Task UnpackAsync(string archive, string folder, CancellationToken stop)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        try
        {
            await using var file = File.OpenRead(archive);
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(unzipped);
            var left = MostBytes;
            while (await tar.GetNextEntryAsync(copyData: false, stop) is { } entry)
            {
                // Five names are known; folders, links and anything else are passed over.
                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && name is ModelFile or LabelsFile or CardFile or SettingsFile or SampleFile)
                {
                    left -= entry.Length;
                    if (left < 0)
                    {
                        throw new UpgradeException($"the model is larger than {MostBytes} bytes");
                    }

                    await entry.ExtractToFileAsync(Path.Combine(folder, name), overwrite: true, stop);
                    using var written = File.OpenHandle(Path.Combine(folder, name), FileMode.Open, FileAccess.ReadWrite);
                    FileFlush.Flush(written);
                }
            }
        }
        catch (Exception ex) when (ex is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new UpgradeException($"the archive cannot be unpacked: {ex.Message.TrimEnd('.')}", ex);
        }

        DirectoryFlush.Flush(folder);
    }

    /// <summary>Has a process of its own load the model and look at a frame.</summary>
    /// <exception cref="UpgradeException">It could not.</exception>
    public static async Task TryAsync(string folder, TimeProvider time, CancellationToken stop)
    {
        var program = Environment.ProcessPath ?? throw new UpgradeException("this program does not know its own path");
        List<string> arguments = Path.GetFileName(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        using var trial = Process.Start(new ProcessStartInfo(program, [.. arguments, "try-model", "--folder", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })
            ?? throw new UpgradeException($"{program} cannot be started");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var output = trial.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = trial.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await trial.WaitForExitAsync(stop).WaitAsync(TrialTime, time, stop);
        }
        catch (Exception ex) when (ex is TimeoutException or OperationCanceledException)
        {
            trial.Kill(entireProcessTree: true);
            stop.ThrowIfCancellationRequested();
            throw new UpgradeException($"it did not look at a frame within {TrialTime.TotalMinutes:0} min", ex);
        }

        await output;
        if (trial.ExitCode != 0)
        {
            var said = (await errors).Trim().Split('\n')[^1];
            throw new UpgradeException(said.Length > 0 ? said.Replace("edge: ", "", StringComparison.Ordinal).TrimEnd('.') : $"trying it ended with {trial.ExitCode}");
        }
    }
}
