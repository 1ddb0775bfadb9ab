using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The program as <c>deploy/edge/install</c> laid it: what root's half of an upgrade (<c>switch</c>) says of it. Read only.</summary>
internal sealed class InstalledProgram(string folder)
{
    private const long SpareBytes = 2 * 1024 * 1024;

    /// <summary>Name of this processor's archive in a manifest.</summary>
    public static string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>The release that starts; null when this program was not installed that way.</summary>
    public Version? Current
    {
        get
        {
            try
            {
                return File.Exists(Path.Combine(folder, "bin", "switch")) && new FileInfo(Path.Combine(folder, "current")).LinkTarget is { } target
                    && Version.TryParse(Path.GetFileName(target), out var version) ? version : null;
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>The trial that runs; null when there is none.</summary>
    public string? TrialId => StateFile.Value(Path.Combine(folder, "trial"), "id");

    /// <summary>Why root does not start a release again; null when it may.</summary>
    public string? FailureOf(ReleaseManifest release)
    {
        var line = StateFile.Lines(Path.Combine(folder, "failed")).LastOrDefault(line => line.StartsWith(release.Id + " ", StringComparison.Ordinal));
        return line?.Split(' ', 3) is [_, _, var reason] ? reason : null;
    }

    /// <summary>Makes sure that root's half has room to copy an archive and to unpack it.</summary>
    /// <exception cref="IOException">It has not: the same later.</exception>
    public void DemandRoom(string archive)
    {
        using var file = File.OpenRead(archive);
        Span<byte> unpacked = stackalloc byte[sizeof(uint)];
        if (file.Length >= unpacked.Length)
        {
            file.Seek(-unpacked.Length, SeekOrigin.End);
            file.ReadExactly(unpacked); // Of gzip (RFC 1952): the size before it was packed.
        }

        var wanted = file.Length + BinaryPrimitives.ReadUInt32LittleEndian(unpacked) + SpareBytes;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < wanted)
        {
            throw new IOException($"the disk has room for {free} bytes, and {wanted} are wanted to start it");
        }
    }

    /// <summary>How its last upgrade ended, for the status.</summary>
    public (UpgradeState State, string? Detail) Outcome
    {
        get
        {
            var file = Path.Combine(folder, "outcome");
            var detail = $"{StateFile.Value(file, "version")}: {StateFile.Value(file, "reason")}";
            return TrialId is not null ? (UpgradeState.Trial, null) : StateFile.Value(file, "outcome") switch
            {
                "confirmed" => (UpgradeState.Confirmed, null),
                "rolled-back" => (UpgradeState.RolledBack, detail),
                "refused" => (UpgradeState.Refused, detail),
                _ => (UpgradeState.Current, null),
            };
        }
    }
}
