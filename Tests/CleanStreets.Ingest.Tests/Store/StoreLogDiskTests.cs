using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A disk that refuses the store log for a while.</summary>
public sealed class StoreLogDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LineLog _lines = new();
    private readonly Disk _disk = new();
    private ulong _salt = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Group_that_the_disk_refused_is_written_once_it_takes_it_and_nothing_is_missing(bool refusesWrites)
    {
        using var log = Open();
        var queue = StageLoop.Queue<StoreBatch>(16);
        var options = new StoreLogOptions { SyncInterval = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(20) };
        var stage = new StoreLogStage(queue.Reader, log, new JournalProgress(), () => 0, options, TimeProvider.System, Logger());
        var running = stage.RunAsync();
        await queue.Writer.WriteAsync(Batch(0), TestContext.Current.CancellationToken);
        await log.SyncThroughAsync(1);
        (_disk.RefusesWrites, _disk.RefusesFlushes) = (refusesWrites, !refusesWrites);
        await queue.Writer.WriteAsync(Batch(1), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the refusal is said", () => _lines.Count(" 4005 ") == 1);
        await queue.Writer.WriteAsync(Batch(2), TestContext.Current.CancellationToken);
        log.SyncedThrough.ShouldBe(1, "what may not be on disk is not shown");
        await Eventually.TrueAsync("it is tried again", () => _disk.Refusals > 3);
        (_disk.RefusesWrites, _disk.RefusesFlushes) = (false, false);
        await log.SyncThroughAsync(3).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        queue.Writer.Complete();
        await running;
        _lines.Count(" 4005 ").ShouldBe(1, "one line an episode");
        _lines.Count(" 4006 ").ShouldBe(1);
        using var reader = new StoreLogReader(log, 0);
        var positions = new List<long>();
        while (reader.Read(10, out var missing) is { } rows)
        {
            missing.ShouldBeNull();
            positions.AddRange(rows.Passes.Select(pass => pass.Position));
        }

        positions.Distinct().ShouldBe([0, 1, 2]);
    }

    public void Dispose() => _folder.Dispose();

    private StoreLog Open() => new(
        _folder.Combine("log"), "v1", new StoreLogOptions(), TimeProvider.System, () => _salt++, (path, mode) => new RefusingFile(new DiskJournalFile(path, mode), _disk));

    private Microsoft.Extensions.Logging.Logger<StoreLogStage> Logger() => new(_lines);

    private static StoreBatch Batch(long position) => new() { ThroughPosition = position + 1, Passes = [TestRows.Pass(position)] };

    private sealed class Disk
    {
        public volatile bool RefusesWrites;
        public volatile bool RefusesFlushes;
        public int Refusals;

        public void Check(bool refuses)
        {
            if (refuses)
            {
                Interlocked.Increment(ref Refusals);
                throw new IOException("No space left on device");
            }
        }
    }

    private sealed class RefusingFile(IJournalFile file, Disk disk) : IJournalFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Check(disk.RefusesWrites);
            file.Write(bytes, offset);
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Flush()
        {
            disk.Check(disk.RefusesFlushes);
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
