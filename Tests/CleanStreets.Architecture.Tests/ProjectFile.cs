using System.Xml.Linq;
using CleanStreets.Testing;

namespace CleanStreets.Architecture.Tests;

/// <summary>A project of the solution as its file says.</summary>
internal sealed record ProjectFile(string Name, string Path, IReadOnlyList<string> References, IReadOnlyList<XElement> Packages)
{
    public static IReadOnlyList<ProjectFile> All { get; } =
        [.. SourceFiles.Of("*.csproj").Select(Read).OrderBy(project => project.Name, StringComparer.Ordinal)];

    public bool IsTest => Path.Contains("/Tests/", StringComparison.Ordinal);

    private static ProjectFile Read(string path)
    {
        var document = XDocument.Load(path);
        return new ProjectFile(
            System.IO.Path.GetFileNameWithoutExtension(path),
            path,
            [.. document.Descendants("ProjectReference").Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))],
            [.. document.Descendants("PackageReference")]);
    }
}

/// <summary>The files of the checkout that people wrote.</summary>
internal static class SourceFiles
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", ".git", ".build", "dist", "data"];

    public static IEnumerable<string> Of(string pattern) => Walk(new DirectoryInfo(RepositoryRoot.Path), pattern);

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Select(file => file.FullName)
            .Concat(folder.EnumerateDirectories().Where(child => !Skipped.Contains(child.Name)).SelectMany(child => Walk(child, pattern)));
}
