using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Score;

/// <summary>An upgrade changes no score: a city keeps its method until a person names another.</summary>
public sealed class MethodChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IngestPaths Paths => new(_folder.Combine("ingest"));

    [Fact]
    public void New_city_takes_the_default_and_keeps_it() =>
        (Load(null), Load(null)).ShouldBe(("crow-2", "crow-2"));

    [Fact]
    public void City_that_began_before_there_was_a_choice_stays_with_the_first_method()
    {
        Directory.CreateDirectory(Paths.Journal);
        File.WriteAllText(Path.Combine(Paths.Journal, JournalSegmentFile.NameOf(0)), string.Empty);

        (Load(null), Load(null)).ShouldBe(("crow-1", "crow-1"));
    }

    [Fact]
    public void Method_that_was_named_once_is_kept_until_another_is_named() =>
        (Load("crow-1"), Load(null), Load("crow-2"), Load(null)).ShouldBe(("crow-1", "crow-1", "crow-2", "crow-2"));

    [Fact]
    public void Unknown_method_is_wrong_use_and_changes_nothing()
    {
        Load("crow-1");

        Should.Throw<UsageException>(() => Load("crow-9")).Message.ShouldContain("There are crow-1, crow-2");

        Load(null).ShouldBe("crow-1");
    }

    public void Dispose() => _folder.Dispose();

    private string Load(string? asked) => MethodChoice.Load(asked, Paths).Name;
}
