using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class IntakeQueueTests(ITestOutputHelper output)
{
    [Fact]
    public void Offered_batch_can_be_filled_on_until_it_is_taken()
    {
        var queue = new IntakeQueue(4);
        var batch = Numbered(1);
        queue.Offer(batch);
        queue.Count.ShouldBe(1);
        queue.TakeBack().ShouldBeSameAs(batch);
        queue.TryRead(out _).ShouldBeFalse();
        queue.Offer(batch);
        queue.TryRead(out var read).ShouldBeTrue();
        read.ShouldBeSameAs(batch);
        queue.TakeBack().ShouldBeNull("the reader has it");
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public async Task First_offer_wakes_a_reader_that_sleeps()
    {
        var queue = new IntakeQueue(4);
        var waiting = queue.WaitToReadAsync(TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();
        queue.Offer(Numbered(1));
        (await waiting).ShouldBeTrue();
        queue.TryRead(out var read).ShouldBeTrue();
        read.Number.ShouldBe(1);
        queue.Offer(Numbered(2));
        (await queue.WaitToReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue("an offer is seen before sleeping");
        queue.TryRead(out read).ShouldBeTrue();
        read.Number.ShouldBe(2);
        queue.Complete();
        (await queue.WaitToReadAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task Batches_of_one_filler_come_out_in_the_order_they_were_begun_and_none_is_lost()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        const int Batches = 50_000;
        var queue = new IntakeQueue(Batches);
        var reading = Task.Run(() => ReadAllAsync(queue));
        Fill(queue, new Random(seed), Batches);
        queue.Complete();
        (await reading).ShouldBe(Enumerable.Range(1, Batches).Select(number => (long)number));
    }

    /// <summary>As a filler does: some batches are handed over when full, some are offered, once or several times, and taken by the reader in between.</summary>
    private static void Fill(IntakeQueue queue, Random random, int batches)
    {
        IngestBatch? open = null;
        for (var begun = 0; begun < batches || open is not null;)
        {
            open ??= queue.TakeBack();
            if (open is null && begun < batches)
            {
                open = Numbered(++begun);
            }

            if (open is not null && (random.Next(3) == 0 || begun == batches))
            {
                queue.TryWrite(open).ShouldBeTrue();
            }
            else if (open is not null)
            {
                queue.Offer(open);
            }

            open = null;
            Thread.SpinWait(random.Next(100));
            if (begun == batches)
            {
                open = queue.TakeBack();
            }
        }
    }

    private static async Task<List<long>> ReadAllAsync(IntakeQueue queue)
    {
        var numbers = new List<long>();
        while (await queue.WaitToReadAsync())
        {
            while (queue.TryRead(out var batch))
            {
                numbers.Add(batch.Number);
            }
        }

        return numbers;
    }

    private static IngestBatch Numbered(long number) => new(0) { Number = number };
}
