using System.Threading.Channels;
using CleanStreets.Ingest.Observe;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The one shape of a stage: wait once, then drain; write first and await only when full; end by completion.</summary>
/// <remarks>
/// The loop ends when the stage before it completes, not by cancellation: a reading that was taken always travels on. A stage
/// that throws completes its output with the fault and the whole service stops: nothing is acknowledged that is not on disk, so
/// the trucks simply send the rest again.
/// </remarks>
internal static class StageLoop
{
    /// <summary>Runs <paramref name="work"/> on every item and passes it on, in order.</summary>
    public static async Task RunAsync<T>(ChannelReader<T> input, ChannelWriter<T> output, DurationHistogram duration, Action<T> work)
    {
        Exception? fault = null;
        try
        {
            // Waiting without a token lets the channel reuse its waiter; with one it allocates every time.
            while (await input.WaitToReadAsync())
            {
                while (input.TryRead(out var item))
                {
                    var began = duration.Begin();
                    work(item);
                    duration.Record(began);
                    await output.PassOnAsync(item);
                }
            }
        }
        catch (Exception ex)
        {
            fault = ex;
            throw;
        }
        finally
        {
            output.TryComplete(fault);
        }
    }

    /// <summary>Writes at once when there is room; otherwise waits, because the next stage is slower and this one slows down.</summary>
    public static ValueTask PassOnAsync<T>(this ChannelWriter<T> output, T item) =>
        output.TryWrite(item) ? default : output.WriteAsync(item);

    /// <summary>A channel between two stages: bounded, one reader.</summary>
    public static Channel<T> Queue<T>(int depth, bool singleWriter = true) => Channel.CreateBounded<T>(
        new BoundedChannelOptions(depth)
        {
            SingleReader = true,
            SingleWriter = singleWriter,
            FullMode = BoundedChannelFullMode.Wait,
            AllowSynchronousContinuations = false,
        });
}
