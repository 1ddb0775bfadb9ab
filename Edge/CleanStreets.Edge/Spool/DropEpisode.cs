using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>Says once that things are dropped and once that no more are, however long it lasts. Used by the spool's loop alone.</summary>
internal sealed class DropEpisode(long capBytes, ILogger logger)
{
    // Room that was made by dropping is soon used up again: that is the same episode.
    private const int WritesOfAnEnd = 64;

    private bool _isBeyondCap;
    private bool _hasNoRoom;
    private int _taken;

    /// <summary>The cap is reached.</summary>
    public void BeyondCap()
    {
        if (!_isBeyondCap)
        {
            _isBeyondCap = true;
            SpoolLog.Dropping(logger, capBytes);
        }
    }

    /// <summary>The disk did not take a write.</summary>
    public void NoRoom(string reason)
    {
        _taken = 0;
        if (!_hasNoRoom)
        {
            _hasNoRoom = true;
            SpoolLog.DiskIsFull(logger, reason);
        }
    }

    /// <summary>The disk took a write.</summary>
    public void HasRoom()
    {
        if (_hasNoRoom && ++_taken > WritesOfAnEnd)
        {
            _hasNoRoom = false;
            SpoolLog.DiskHasRoom(logger);
        }
    }

    /// <summary>How much lies on the disk now.</summary>
    public void Bytes(long bytes, long dropped)
    {
        // Well below: a spool that stays at its cap is one episode.
        if (_isBeyondCap && bytes < capBytes / 10 * 9)
        {
            _isBeyondCap = false;
            SpoolLog.DroppingEnded(logger, dropped);
        }
    }
}
