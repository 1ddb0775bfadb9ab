using System.Globalization;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Conformance;

/// <summary>Keeps CONFORMANCE.md honest: no statement is missing, and every test that it names is here.</summary>
public sealed class ConformanceTableTests
{
    /// <summary>Appendix B of MQTT 5.0: section, and its statements.</summary>
    private const string Version5 = """
        1.5.4:1-3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:2-6 2.2.2:1
        3.1.0:1-2 3.1.2:1-30 3.1.3:1-12 3.1.4:1-6 3.2.0:1-2 3.2.2:1-22 3.3.1:1-13 3.3.2:1-20 3.3.4:1-10 3.4.2:1-3 3.5.2:1-3 3.6.1:1 3.6.2:1-3 3.7.2:1-3
        3.8.1:1 3.8.3:1-5 3.8.4:1-8 3.9.2:1-2 3.9.3:1-2 3.10.1:1 3.10.3:1-2 3.10.4:1-6 3.11.2:1-2 3.11.3:1-2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:1-4 3.14.4:1-3
        3.15.1:1 3.15.2:1-3
        4.1.0:1-2 4.2.0:1 4.3.1:1 4.3.2:1-5 4.3.3:1-13 4.4.0:1-2 4.5.0:1-2 4.6.0:1-6 4.7.0:1 4.7.1:1-2 4.7.2:1 4.7.3:1-4 4.8.2:1-6 4.9.0:1-3 4.12.0:1-7
        4.12.1:1-2 4.13.1:1 4.13.2:1 6.0.0:1-4
        """;

    /// <summary>Appendix B of MQTT 3.1.1; it prints 3.8.3-4 as 3-8.3-4.</summary>
    private const string Version311 = """
        1.5.3:1-3 2.2.2:1-2 2.3.1:1-7
        3.1.0:1-2 3.1.2:1-24 3.1.3:1-11 3.1.4:1-5 3.2.0:1 3.2.2:1-6 3.3.1:1-12 3.3.2:1-3 3.3.4:1 3.3.5:1-2 3.6.1:1 3.8.1:1 3.8.3:1-4 3.8.4:1-6 3.9.3:1-2
        3.10.1:1 3.10.3:1-2 3.10.4:1-6 3.12.4:1 3.14.1:1 3.14.4:1-3
        4.1.0:1-2 4.3.1:1 4.3.2:1-2 4.3.3:1-2 4.4.0:1 4.5.0:1-2 4.6.0:1-6 4.7.1:1-3 4.7.2:1 4.7.3:1-4 4.8.0:1-2 6.0.0:1-4 7.0.0:1-2 7.1.1:1 7.1.2:1
        """;

    private static readonly HashSet<string> Tests = [.. typeof(ConformanceTableTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttributes(inherit: false).Any(attribute => attribute is FactAttribute))
            .Select(method => $"{type.Name}.{method.Name}"))];

    [Theory]
    [InlineData("MQTT 5.0", Version5, 251)]
    [InlineData("MQTT 3.1.1", Version311, 141)]
    public void Every_statement_has_one_row(string version, string statements, int count)
    {
        var expected = Expand(statements).ToArray();
        expected.Length.ShouldBe(count);
        Rows(version).Select(row => row.Statement).ShouldBe(expected);
    }

    [Theory]
    [InlineData("MQTT 5.0")]
    [InlineData("MQTT 3.1.1")]
    public void Every_row_names_tests_that_exist_or_says_why_none_applies(string version)
    {
        foreach (var row in Rows(version))
        {
            var named = Named(row.Shown);
            named.Where(test => !Tests.Contains(test)).ShouldBeEmpty($"[MQTT-{row.Statement}] of {version} names tests that are not there");
            (named.Length > 0 || row.Shown.StartsWith("Does not apply: ", StringComparison.Ordinal)).ShouldBeTrue($"[MQTT-{row.Statement}] of {version} is shown by nothing");
            row.Asks.ShouldNotBeEmpty();
        }
    }

    private static IEnumerable<string> Expand(string statements) =>
        from section in statements.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        let parts = section.Split(':', '-')
        from number in Enumerable.Range(Number(parts[1]), Number(parts[^1]) - Number(parts[1]) + 1)
        select $"{parts[0]}-{number}";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<(string Statement, string Asks, string Shown)> Rows(string version)
    {
        var page = File.ReadAllText(RepositoryRoot.Combine("Edge", "CleanStreets.Mqtt", "CONFORMANCE.md"));
        var part = page.Split("\n## ").Single(part => part.StartsWith(version, StringComparison.Ordinal));
        return from line in part.Split('\n')
               where line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2])
               let cells = line.Trim('|', ' ').Split(" | ")
               select (cells[0], cells[1], cells[2]);
    }

    /// <summary>Every second piece between backticks; a name of a type and a method has a full stop inside.</summary>
    private static string[] Named(string shown) => [.. shown.Split('`').Where((piece, at) => at % 2 == 1 && piece.Contains('.', StringComparison.Ordinal))];
}
