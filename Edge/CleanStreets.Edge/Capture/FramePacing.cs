namespace CleanStreets.Edge.Capture;

/// <summary>Decides which frames are used: one at least every so often, and one whenever the truck has driven so far.</summary>
/// <remarks>By time alone a fast truck would leave street unseen between frames; by distance alone a standing one would look dead.</remarks>
internal sealed class FramePacing(TimeSpan interval, double everyMetres)
{
    private DateTimeOffset? _usedAt;
    private double _metres;

    /// <summary>Whether to use a frame.</summary>
    /// <param name="at">When it was captured.</param>
    /// <param name="metres">Metres driven since the frame before, used or not.</param>
    public bool Use(DateTimeOffset at, double metres)
    {
        _metres += Math.Max(0, metres);
        var isDue = _usedAt is not { } usedAt || at - usedAt >= interval || at < usedAt || _metres >= everyMetres; // A clock set back starts anew.
        if (isDue)
        {
            (_usedAt, _metres) = (at, 0);
        }

        return isDue;
    }
}
