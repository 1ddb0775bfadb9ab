using System.Security.Cryptography;
using CleanStreets.Contracts.Disk;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>The file that keeps the box's key: 32 bytes, readable by the agent alone, outside the spool.</summary>
/// <remarks>
/// A service manager that hands over credentials (systemd's <c>LoadCredentialEncrypted=spool-key:…</c>, sealed to the TPM) is better: then no readable key lies on the disk at all,
/// and this class only reads.
/// </remarks>
internal static class SealingKeyFile
{
    /// <summary>Name of the credential.</summary>
    public const string Credential = "spool-key";

    /// <summary>Reads the key; makes one when there is none, durably, before anything is sealed with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mayMake">False for a key that somebody else hands over.</param>
    /// <param name="logger">Hears of a key that was made, or that others could read.</param>
    /// <exception cref="SpoolException">It cannot be read or kept.</exception>
    public static SealingKey Open(string path, bool mayMake, ILogger logger)
    {
        try
        {
            if (Read(path, mayMake, logger) is { } key)
            {
                return key;
            }

            return mayMake ? Make(path, logger) : throw Unusable(path, "is not there", null);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, $"cannot be used: {ex.Message}", ex);
        }
    }

    /// <summary>Overwrites and removes the key: what was sealed with it is gone for good. A file that is not there, or not ours to change, is left.</summary>
    /// <returns>Whether a key was removed.</returns>
    /// <remarks>Flash may keep an older copy of an overwritten block: a key sealed to the TPM has no such copy worth anything.</remarks>
    public static bool Wipe(string path)
    {
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            {
                RandomAccess.Write(file, RandomNumberGenerator.GetBytes(SealingKey.Bytes), 0);
                FileFlush.Flush(file);
            }

            File.Delete(path);
            DirectoryFlush.Flush(FolderOf(path));
            return true;
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SealingKey? Read(string path, bool mayMake, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length != SealingKey.Bytes)
        {
            if (!mayMake)
            {
                throw Unusable(path, $"has {bytes.Length} bytes instead of {SealingKey.Bytes}", null);
            }

            var kept = KeptFile.Rename(path);
            SpoolLog.KeyDamaged(logger, kept, bytes.Length, SealingKey.Bytes);
            return null;
        }

        if (mayMake && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~WholeFile.Secret) != UnixFileMode.None)
        {
            File.SetUnixFileMode(path, WholeFile.Secret);
            SpoolLog.KeyWasReadable(logger, path);
        }

        var key = new SealingKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private static SealingKey Make(string path, ILogger logger)
    {
        var key = SealingKey.New();
        Directory.CreateDirectory(FolderOf(path));
        WholeFile.Write(path, key.Span, WholeFile.Secret);
        SpoolLog.KeyMade(logger, path);
        return key;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static SpoolException Unusable(string path, string what, Exception? cause) =>
        new($"The spool's key {path} {what}. Make it readable for the agent alone, or name another with spool.keyFile.", cause) { IsWrongUse = true };
}
