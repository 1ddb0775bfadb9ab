using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>The acceptance sheets on the box: sealed with the key of the spool, for they hold a picture and a name; and, for the status, what the city wants to know of the last one.</summary>
/// <remarks>A technician runs <c>edge aim</c> as root, the agent runs as its own user: whatever is written goes to the owner of the folder of data, or the agent could neither read nor wipe it.</remarks>
internal sealed class SheetStore(string data, SpoolOptions spool, ILogger logger)
{
    private const string Extension = ".sheet";
    private const int KeptSheets = 20;

    private string Folder => Path.Combine(data, "acceptance");

    /// <summary>Keeps a sheet, durably.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="SpoolException">The key cannot be used.</exception>
    public void Keep(AcceptanceSheet sheet)
    {
        Directory.CreateDirectory(data);
        PrivateFolder.Create(Folder);
        var path = PathOf(sheet.CalibrationId);
        SealedFile.Write(path, Key(), JsonSerializer.SerializeToUtf8Bytes(sheet, AimJson.Default.AcceptanceSheet));
        FolderOwner.HandOver(data, Folder, path, spool.KeyFile);
        foreach (var old in Directory.EnumerateFiles(Folder, "*" + Extension).Where(file => file != path).OrderByDescending(File.GetLastWriteTimeUtc).Skip(KeptSheets - 1).ToList())
        {
            File.Delete(old);
        }
    }

    /// <summary>Says that a sheet is in force, for the agent's status.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void PutInForce(AcceptanceSheet sheet)
    {
        var said = new CameraAcceptance(
            sheet.CalibrationId,
            sheet.AcceptedAt,
            sheet.ClockFromGnss,
            Math.Round(sheet.Mounting.HeightMetres, 3),
            Math.Round(sheet.Mounting.PitchDegrees, 2),
            [.. sheet.OpenPoints]);
        var path = AcceptanceFile.In(data);
        WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(said, ContractJson.Default.CameraAcceptance));
        FolderOwner.HandOver(data, path);
    }

    /// <summary>Takes a sheet back that did not come into force.</summary>
    public void Remove(string calibrationId) => File.Delete(PathOf(calibrationId));

    /// <summary>The newest sheet; null when there is none, or its key is gone.</summary>
    /// <exception cref="SpoolException">The key cannot be used.</exception>
    public AcceptanceSheet? Newest()
    {
        if (!Directory.Exists(Folder) || !File.Exists(spool.KeyFile))
        {
            return null;
        }

        var key = Key();
        return Directory.EnumerateFiles(Folder, "*" + Extension).OrderByDescending(File.GetLastWriteTimeUtc)
            .Select(path => Read(path, key))
            .FirstOrDefault(sheet => sheet is not null);
    }

    private static AcceptanceSheet? Read(string path, SealingKey key)
    {
        try
        {
            return SealedFile.Read(path, key) is { } json ? JsonSerializer.Deserialize(json, AimJson.Default.AcceptanceSheet) : null;
        }
        catch (JsonException)
        {
            return null; // Of a later version.
        }
    }

    private string PathOf(string calibrationId) => Path.Combine(Folder, calibrationId + Extension);

    private SealingKey Key() => SealingKeyFile.Open(spool.KeyFile, spool.MayMakeKey, logger);
}
