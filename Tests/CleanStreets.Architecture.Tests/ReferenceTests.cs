using CleanStreets.Testing;

namespace CleanStreets.Architecture.Tests;

/// <summary>References follow the road a reading travels: contracts → edge → MQTT → ingest → scoring → dashboard.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["CleanStreets.Contracts"] = [],
        ["CleanStreets.Mqtt"] = [],
        ["CleanStreets.Scoring"] = ["CleanStreets.Contracts"],
        ["CleanStreets.Edge"] = ["CleanStreets.Contracts", "CleanStreets.Mqtt", "CleanStreets.Scoring"],
        ["CleanStreets.Ingest"] = ["CleanStreets.Contracts", "CleanStreets.Mqtt", "CleanStreets.Scoring"],
        ["CleanStreets.WorkOrders"] = ["CleanStreets.Contracts"],
        ["CleanStreets.Dashboard"] = ["CleanStreets.Contracts", "CleanStreets.Mqtt", "CleanStreets.WorkOrders"],
        ["CleanStreets.Launcher"] = ["CleanStreets.Contracts", "CleanStreets.Scoring"],
    };

    [Fact]
    public void Every_product_project_refers_only_to_what_the_picture_allows()
    {
        foreach (var project in ProjectFile.All.Where(project => !project.IsTest))
        {
            Allowed.ShouldContainKey(project.Name, $"{project.Name} is not in the picture: add it to the design and here");
            project.References.ShouldBeSubsetOf(Allowed[project.Name], $"{project.Name} points against the arrow");
        }
    }

    [Fact]
    public void No_product_project_refers_to_tests() =>
        ProjectFile.All.Where(project => !project.IsTest).SelectMany(project => project.References)
            .ShouldNotContain(name => name.EndsWith(".Tests", StringComparison.Ordinal) || name == "CleanStreets.Testing");

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = File.ReadAllText(RepositoryRoot.Combine("CleanStreets.sln"));
        foreach (var project in ProjectFile.All)
        {
            solution.ShouldContain($"\"{project.Name}\"");
        }
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        foreach (var project in ProjectFile.All)
        {
            project.Packages.ShouldAllBe(package => package.Attribute("Version") == null && package.Attribute("VersionOverride") == null, project.Name);
        }
    }
}
