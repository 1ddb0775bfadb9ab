using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Measure;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Score;

/// <summary>An upgrade changes no score: a city keeps its method until a person names another.</summary>
public sealed class MethodChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private DateTimeOffset _now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private MeasureBook Book => MeasureBook.Open(Paths.Measure);

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
    public void When_a_method_came_into_force_is_noted_and_starts_with_the_same_note_nothing()
    {
        Load(null);
        Load(null);
        Load("crow-1");
        Load("crow-1");

        Book.History.Methods.ShouldBe([new MethodInForce("crow-2", At(1)), new MethodInForce("crow-1", At(3))]);
    }

    [Fact]
    public void City_that_kept_no_note_says_since_when_only_from_its_next_change_on()
    {
        Load("crow-1");
        File.Delete(Paths.Measure);
        Load(null);
        Load("crow-2");

        Book.History.Methods.ShouldBe([new MethodInForce("crow-1", null), new MethodInForce("crow-2", At(3))]);
    }

    [Fact]
    public void Note_that_cannot_be_read_is_set_aside_and_a_new_one_begun()
    {
        Load("crow-1");
        File.WriteAllText(Paths.Measure, "{\"methods\":");

        Load(null).ShouldBe("crow-1");

        Book.History.Methods.ShouldBe([new MethodInForce("crow-1", null)]);
        File.Exists(Paths.Measure + ".damaged").ShouldBeTrue();
    }

    [Fact]
    public void Unknown_method_is_wrong_use_and_changes_nothing()
    {
        Load("crow-1");

        Should.Throw<UsageException>(() => Load("crow-9")).Message.ShouldContain("There are crow-1, crow-2");

        Load(null).ShouldBe("crow-1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("cro")]
    [InlineData("\0\0\0\0\0\0")]
    public void Damaged_name_of_the_method_is_known_from_the_notes(string damaged)
    {
        Load("crow-1");
        File.WriteAllText(Paths.Method, damaged);

        Load(null).ShouldBe("crow-1");

        File.ReadAllText(Paths.Method).ShouldBe("crow-1");
        Book.History.Methods.ShouldBe([new MethodInForce("crow-1", At(1))]);
    }

    [Fact]
    public void Damaged_name_that_the_notes_do_not_know_either_is_asked_for()
    {
        Load("crow-1");
        File.Delete(Paths.Measure);
        File.WriteAllText(Paths.Method, "cro");

        Should.Throw<UsageException>(() => Load(null)).Message.ShouldContain("name one with --method");
        Load("crow-2").ShouldBe("crow-2");
        Book.History.Methods.ShouldBe([new MethodInForce("crow-2", At(3))]);
    }

    private static DateTimeOffset At(int start) => new(2026, 11, 1, start, 0, 0, TimeSpan.Zero);

    public void Dispose() => _folder.Dispose();

    private string Load(string? asked) => MethodChoice.Load(asked, Paths, Book, _now += TimeSpan.FromHours(1), NullLogger.Instance).Name;
}
