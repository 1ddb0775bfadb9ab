using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Enroll;

/// <summary>What the city last said about which truck the box sits on. It goes before the settings file, and holds over restarts without a link.</summary>
internal sealed class AssignmentFile(string data)
{
    private readonly string _path = Path.Combine(data, "identity", "assignment.json");

    /// <summary>What was said last; null when nothing was.</summary>
    public BoxAssignment? Read()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), ContractJson.Default.BoxAssignment) : null;
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // The settings file's truck, until the city says it again.
        }
    }

    /// <summary>Keeps it, durably.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(BoxAssignment assignment)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        WholeFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(assignment, ContractJson.Default.BoxAssignment));
    }

    /// <summary>The settings file's truck holds again.</summary>
    public void Forget()
    {
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    }
}
