using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A software upgrade changes no score: a journal of the simulated fleet gives, by every method that ever was, what it gave, to the last bit.</summary>
/// <remarks>
/// A change that alters one of these files is a new version of the method. <c>CLEANSTREETS_WRITE_GOLDEN=1</c> writes the files of methods that have none yet,
/// and never one that is there (<c>Golden/README.md</c>).
/// </remarks>
public sealed class GoldenCityTests : IDisposable
{
    private readonly GoldenJournal _city = new("City");

    public static TheoryData<string> Methods => [.. IndexMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Upgrade_changes_no_score(string method)
    {
        var newest = _city.Run(method, asOfMs: null);
        var middle = _city.Run(method, newest.AsOfMs - 600_000); // A moment in the past.

        _city.Check($"{method}.txt", GoldenJournal.Scores(newest) + GoldenJournal.Scores(middle));
    }

    [Fact]
    public void Upgrade_changes_no_pass() => _city.Check("passes.txt", _city.Passes());

    [Fact]
    public void Journal_holds_what_makes_scores_differ()
    {
        var run = _city.Run("crow-2", asOfMs: null);
        run.Span.Damage.ShouldBeEmpty();
        run.Span.Unreadable.ShouldBe(0);
        run.BookBefore.Facts.ShouldBe(14);
        var scores = run.Rows.Where(row => row.Before.IsSeen).Select(row => row.Before.Score!).ToList();
        scores.Count.ShouldBeGreaterThan(60);
        scores.Select(score => score.Grade).Distinct().Count().ShouldBe(5);
        scores.ShouldContain(score => score.Index >= 4.5, "a confirmed dumping");
        scores.ShouldContain(score => score.Sides!.Left != null && score.Sides.Right != null && score.Sides.Left.Grade != score.Sides.Right.Grade);
        run.Rows.ShouldContain(row => !row.Before.IsSeen, "not seen");
    }

    [Fact]
    public void Every_file_belongs_to_a_method() => _city.ShouldHaveEveryMethod();

    public void Dispose() => _city.Dispose();
}
