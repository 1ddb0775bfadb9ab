namespace CleanStreets.Contracts.Disk;

/// <summary>Replaces a file whole: whoever reads it, also after a power cut, finds what was there before or what is there now.</summary>
public static class WholeFile
{
    /// <summary>Owner alone may read and write.</summary>
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Everybody may read, the owner may write.</summary>
    public const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the file durably.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="mode">Its rights from the first byte on, so that a secret is never readable for a moment.</param>
    /// <exception cref="IOException">It could not be written; the file before is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode = Public)
    {
        var next = path + ".new";
        File.Delete(next); // One of an earlier attempt may have other rights.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(next, options))
        {
            file.Write(bytes);
            FileFlush.Flush(file.SafeFileHandle);
        }

        File.Move(next, path, overwrite: true);
        DirectoryFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
