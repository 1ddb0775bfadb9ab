using System.Text;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Tests.Journal;
using CleanStreets.Ingest.Tests.Store;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Quarantine;

/// <summary>The list of what is quarantined, against a journal of its own.</summary>
public sealed class QuarantineIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JournalBench _journal = new();
    private readonly JournalProgress _progress = new();
    private readonly LineLog _log = new();

    private string File => _folder.Combine("quarantine.db");

    [Fact]
    public async Task Cursor_moves_with_reading_though_nothing_is_found()
    {
        Write(poison: 0, good: 100);
        using (var index = Index())
        {
            // Killed: the stage never comes to its orderly end.
            var running = Stage(index).RunAsync();
            await Eventually.TrueAsync("the journal is gone through", () => index.Cursor == _progress.JournalledThrough);
            running.IsCompleted.ShouldBeFalse();
        }

        using var again = Index();
        again.Open();
        again.Cursor.ShouldBe(_progress.JournalledThrough);
    }

    [Fact]
    public async Task Cursor_is_written_now_and_then_while_nothing_is_quarantined()
    {
        Write(poison: 0, good: 1);
        using var index = Index();
        var stage = Stage(index);
        var running = stage.RunAsync();
        await stage.Listed;
        stage.Note(new IngestBatch(1024) { ThroughPosition = 1 << 30 });
        await Eventually.TrueAsync("the cursor has moved", () => index.Cursor == 1 << 30);
        stage.Complete();
        await running;
    }

    [Fact]
    public async Task Stop_ends_going_through_the_journal_and_the_next_start_finds_the_rest()
    {
        Write(poison: 50, good: 50);
        using (var index = Index())
        {
            var stage = Stage(index);
            stage.Complete();
            await stage.RunAsync().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
            index.Cursor.ShouldBe(0);
            stage.Listed.IsCompleted.ShouldBeFalse();
        }

        using var again = Index();
        await CaughtUpAsync(again);
        again.List(null, null, null, 1000).Count.ShouldBe(50);
    }

    [Theory]
    [InlineData("this is no database, and never was one: it is long enough to be looked at as if it were, page by page")]
    [InlineData(null)]
    public async Task Damaged_file_is_set_aside_said_and_made_again(string? content)
    {
        Write(poison: 400, good: 10);
        List<QuarantineEntry> before;
        using (var index = Index())
        {
            await CaughtUpAsync(index);
            before = index.List(null, null, null, 1000);
        }

        Damage(content);
        using var again = Index();
        await CaughtUpAsync(again);

        again.List(null, null, null, 1000).ShouldBe(before);
        before.Count.ShouldBe(400);
        _log.Count(" 2123 ").ShouldBe(1, _log.Text);
        Directory.GetFiles(_folder.Combine("damaged"), "quarantine.db-*").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task File_that_cannot_be_written_at_a_start_is_said_once_and_made_when_it_can()
    {
        Write(poison: 5, good: 5);
        Directory.CreateDirectory(File);
        using var index = Index();
        var stage = Stage(index);
        var running = stage.RunAsync();
        await Eventually.TrueAsync("it is said", () => _log.Count(" 2120 ") == 1);
        Directory.Delete(File);
        await stage.Listed.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        index.List(null, null, null, 1000).Count.ShouldBe(5);
        stage.Complete();
        await running;
        _log.Count(" 2120 ").ShouldBe(1);
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    private QuarantineIndex Index() => new(File, new QuarantineOptions(), TimeProvider.System, _log);

    private QuarantineStage Stage(QuarantineIndex index) => new(index, _progress, _journal.Directory, TimeProvider.System, _log);

    private async Task CaughtUpAsync(QuarantineIndex index)
    {
        var stage = Stage(index);
        var running = stage.RunAsync();
        await stage.Listed.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        stage.Complete();
        await running;
    }

    private void Damage(string? content)
    {
        if (content is not null)
        {
            System.IO.File.WriteAllText(File, content);
            return;
        }

        // Behind the head every page is garbage: it still opens, and does not hold what it says.
        using var file = new FileStream(File, FileMode.Open);
        var garbage = new byte[file.Length - 4096];
        new Random(1).NextBytes(garbage);
        file.Position = 4096;
        file.Write(garbage);
    }

    private void Write(int poison, int good)
    {
        using var writer = _journal.Open();
        for (var i = 0; i < poison; i++)
        {
            writer.Append(new JournalRecord
            {
                Type = JournalRecordType.QuarantinedMessage,
                Reason = QuarantineReason.MalformedJson,
                ReceivedAtMs = 1_700_000_000_000 + i,
                Id = Encoding.ASCII.GetBytes($"truck-{i % 7}"),
                Payload = "{"u8,
            });
        }

        for (var i = 0; i < good; i++)
        {
            writer.Append(JournalBench.Record("good"));
        }

        writer.Commit();
        _progress.Opened(writer.Position, bytes: 0);
    }
}
