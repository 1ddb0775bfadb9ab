using System.Text;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Upgrade;

/// <summary>Small files of an upgrade: whole or not at all after a power cut, read without complaint when they are not there.</summary>
internal static class StateFile
{
    /// <summary>Writes a file; it is on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        using (var file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            FileFlush.Flush(file);
        }

        File.Move(path + ".new", path, overwrite: true);
        DirectoryFlush.Flush(folder);
    }

    /// <summary>Writes lines.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(string path, params IEnumerable<string> lines) => Write(path, Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

    /// <summary>Its lines; none when it is not there or cannot be read.</summary>
    public static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The value of its line <c>NAME VALUE</c>; null when there is none.</summary>
    public static string? Value(string path, string name) =>
        Lines(path).FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>Removes a file for good.</summary>
    public static void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
        }
    }
}
