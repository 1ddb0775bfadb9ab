using System.Globalization;
using System.Text.RegularExpressions;
using CleanStreets.Testing;

namespace CleanStreets.Architecture.Tests;

/// <summary>Rules about the text of the product that the compiler does not know.</summary>
public sealed partial class SourceTests
{
    private static readonly Dictionary<string, Range> LogIds = new(StringComparer.Ordinal)
    {
        ["Edge/CleanStreets.Edge"] = 1000..2000,
        ["Ingest/CleanStreets.Ingest"] = 2000..5000,
        ["Scoring/CleanStreets.Scoring"] = 3000..4000,
        ["Dashboard"] = 5000..6000,
        ["Edge/CleanStreets.Mqtt"] = 6000..7000,
        ["deploy/CleanStreets.Launcher"] = 7000..8000,
    };

    private static IEnumerable<(string Path, string Text)> Product =>
        SourceFiles.Of("*.cs")
            .Select(path => (Path.GetRelativePath(RepositoryRoot.Path, path), File.ReadAllText(path)))
            .Where(file => !file.Item1.StartsWith("Tests/", StringComparison.Ordinal));

    [Fact]
    public void Every_log_message_has_an_id_of_its_own_in_its_programs_range()
    {
        var seen = new Dictionary<int, string>();
        foreach (var (path, text) in Product)
        {
            foreach (Match match in LoggerMessagePattern().Matches(text))
            {
                var id = int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture);
                seen.ShouldNotContainKey(id, $"{path} uses log id {id} of {seen.GetValueOrDefault(id)}");
                seen[id] = path;
                var range = LogIds.Single(range => path.StartsWith(range.Key + "/", StringComparison.Ordinal)).Value;
                id.ShouldBeInRange(range.Start.Value, range.End.Value - 1, $"{path}: log id outside its range");
            }
        }

        seen.ShouldNotBeEmpty();
    }

    [Fact]
    public void Only_a_composition_root_names_the_wall_clock() =>
        Product.Where(file => file.Text.Contains("TimeProvider.System", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file.Path))
            .ShouldAllBe(name => name == "Program.cs");

    [Fact]
    public void No_channel_is_read_in_a_way_that_loses_items() =>
        Product.Where(file => ChannelReadPattern().IsMatch(file.Text)).Select(file => file.Path).ShouldBeEmpty(
            "a cancelled ReadAsync loses an item on .NET 10 (dotnet/runtime#132094): WaitToReadAsync and TryRead");

    [Fact]
    public void The_banned_list_names_the_wall_clock_and_the_losing_read()
    {
        var banned = File.ReadAllText(RepositoryRoot.Combine("BannedSymbols.txt"));
        banned.ShouldContain("System.DateTimeOffset.UtcNow");
        banned.ShouldContain("ChannelReader`1.ReadAsync");
    }

    [Fact]
    public void No_promise_is_left_in_the_code() =>
        Product.Where(file => PromisePattern().IsMatch(file.Text)).Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void Every_folder_that_holds_an_idea_says_what_it_promises()
    {
        var projects = ProjectFile.All.Where(project => !project.IsTest).Select(project => Path.GetDirectoryName(project.Path)!);
        var ideas = projects.SelectMany(folder => Directory.EnumerateDirectories(folder)
            .Where(child => Path.GetFileName(child) is not ("bin" or "obj" or "Properties"))
            .Where(child => Directory.EnumerateFiles(child, "*.cs").Count() >= 4)
            .Append(folder));
        ideas.Where(folder => !File.Exists(Path.Combine(folder, "README.md")))
            .Select(folder => Path.GetRelativePath(RepositoryRoot.Path, folder))
            .ShouldBeEmpty("these folders want a README with their purpose and promises");
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex LoggerMessagePattern();

    [GeneratedRegex(@"([Rr]eader|[Cc]hannel|[Ii]nput)\.Read(All)?Async\(", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ChannelReadPattern();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex PromisePattern();
}
