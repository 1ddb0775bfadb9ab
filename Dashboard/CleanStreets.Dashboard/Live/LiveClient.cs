using System.Threading.Channels;

namespace CleanStreets.Dashboard.Live;

/// <summary>One browser that listens. Its queue is bounded: who does not keep up is let go and comes back by itself.</summary>
internal sealed class LiveClient(Viewer viewer, long? since, Action abort)
{
    /// <summary>About four minutes of changes; a browser further behind is better served by a fresh snapshot.</summary>
    public const int MaxWaiting = 256;

    private readonly Channel<LiveFrame> _frames = Channel.CreateBounded<LiveFrame>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public Viewer Viewer { get; } = viewer;

    /// <summary>The last event it knows; null for a fresh one.</summary>
    public long? Since { get; } = since;

    public ChannelReader<LiveFrame> Frames => _frames.Reader;

    /// <summary>Queues a frame if it is for this browser; false when its queue is full.</summary>
    public bool TrySend(LiveFrame frame) => !frame.Audience.Includes(Viewer) || _frames.Writer.TryWrite(frame);

    /// <summary>Ends the stream after what is queued.</summary>
    public void Complete() => _frames.Writer.TryComplete();

    /// <summary>Cuts the connection: its socket may be what does not take any more.</summary>
    public void Evict()
    {
        Complete();
        abort();
    }
}
