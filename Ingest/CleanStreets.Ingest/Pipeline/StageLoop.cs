using System.Threading.Channels;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The one shape of a stage: wait once, then drain; write first and await only when full; end by completion.</summary>
/// <remarks>
/// The loop ends when the stage before it completes, not by cancellation: a reading that was taken always travels on. A stage
/// that throws completes its output with the fault and the whole service stops: nothing is acknowledged that is not on disk, so
/// the trucks simply send the rest again.
/// </remarks>
internal static class StageLoop
{
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
