using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Edge.Upgrade;

/// <summary>What a release is, as its maker signed it (<c>deploy/edge/release</c>).</summary>
/// <remarks>
/// Lines of words, so that root's half of an upgrade (<c>deploy/edge/switch</c>) reads the same bytes without a JSON parser:
/// <code>
/// CleanStreets release 1
/// kind program
/// version 0.2.0
/// linux-arm64 SHA-256 SIZE FILE
/// replaces 0.3.0
/// </code>
/// A line <c>replaces</c> names a version at or above its own that it may take the place of; without one, only older ones give way.
/// </remarks>
internal sealed record ReleaseManifest
{
    /// <summary>Longest manifest.</summary>
    public const int MaxBytes = 4096;

    private const string FirstLine = "CleanStreets release 1";
    private const int HashLetters = 64;
    private const int MaxNumber = 999_999;

    /// <summary>The signed bytes.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>Their SHA-256, in hexadecimal: the release's name in every list.</summary>
    public required string Id { get; init; }

    /// <summary>Program or model.</summary>
    public required ReleaseKind Kind { get; init; }

    /// <summary>Three numbers.</summary>
    public required Version Version { get; init; }

    /// <summary>The archives, by processor; <c>any</c> for a model.</summary>
    public required IReadOnlyDictionary<string, ReleaseArchive> Archives { get; init; }

    /// <summary>Versions at or above its own that it may take the place of.</summary>
    public required IReadOnlyList<Version> Replaces { get; init; }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="UpgradeException">It is none.</exception>
    public static ReleaseManifest Parse(ReadOnlyMemory<byte> signed)
    {
        if (signed.Length > MaxBytes)
        {
            throw new UpgradeException($"the manifest is longer than {MaxBytes} bytes");
        }

        var lines = Encoding.ASCII.GetString(signed.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [FirstLine, ..])
        {
            throw new UpgradeException($"the manifest does not begin with '{FirstLine}'");
        }

        ReleaseKind? kind = null;
        Version? version = null;
        var archives = new Dictionary<string, ReleaseArchive>(StringComparer.Ordinal);
        var replaces = new List<Version>();
        foreach (var line in lines[1..])
        {
            switch (line.Split(' '))
            {
                case ["kind", "program"]:
                    kind = ReleaseKind.Program;
                    break;
                case ["kind", "model"]:
                    kind = ReleaseKind.Model;
                    break;
                case ["version", var said]:
                    version = ReadVersion(said);
                    break;
                case ["replaces", var said]:
                    replaces.Add(ReadVersion(said));
                    break;
                case [var part, { Length: HashLetters } hash, var size, var file]
                    when part is "linux-arm64" or "linux-x64" or "any" && hash.All(char.IsAsciiHexDigitLower)
                    && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && IsFileName(file):
                    archives[part] = new ReleaseArchive(file, bytes, hash);
                    break;
                default:
                    throw new UpgradeException($"the manifest's line '{line}' is not understood");
            }
        }

        return new ReleaseManifest
        {
            Signed = signed,
            Id = Convert.ToHexStringLower(SHA256.HashData(signed.Span)),
            Kind = kind ?? throw new UpgradeException("the manifest says no kind"),
            Version = version ?? throw new UpgradeException("the manifest says no version"),
            Archives = archives,
            Replaces = replaces,
        };
    }

    /// <summary>Reads a version: three numbers with dots.</summary>
    /// <exception cref="UpgradeException">It is none.</exception>
    public static Version ReadVersion(string said) =>
        Version.TryParse(said, out var version) && version is { Build: >= 0 and <= MaxNumber, Revision: < 0, Major: <= MaxNumber, Minor: <= MaxNumber } && version.ToString() == said
            ? version
            : throw new UpgradeException($"the version '{said}' is not three numbers");

    /// <summary>Whether it may take the place of a version: it is newer, or signed to replace it.</summary>
    public bool MayReplace(Version current) => Version > current || Replaces.Contains(current);

    private static bool IsFileName(string name) => name.Length is > 0 and <= 128 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
}

/// <summary>One archive of a release.</summary>
/// <param name="File">Its name below the offer's URL.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal.</param>
internal sealed record ReleaseArchive(string File, long Bytes, string Sha256);

/// <summary>What a release replaces.</summary>
internal enum ReleaseKind
{
    /// <summary>The agent.</summary>
    Program = 0,

    /// <summary>The detection model with its labels and card.</summary>
    Model = 1,
}
