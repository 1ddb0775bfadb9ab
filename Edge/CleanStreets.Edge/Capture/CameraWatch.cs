using System.Numerics;
using System.Runtime.InteropServices;

namespace CleanStreets.Edge.Capture;

/// <summary>Notices a camera that freezes, goes dark, is dirty or was moved, by what its frames show while the truck drives.</summary>
/// <remarks>
/// The world moves and the lens does not: what stays the same in a cell while the rest changes sits on the lens; and the average of many frames shows sky above, street below and
/// the truck's own parts, always at the same place, until somebody bends the camera. Used by one thread at a time.
/// </remarks>
internal sealed class CameraWatch
{
    /// <summary>Frames of a driving truck that the average needs before it means anything.</summary>
    public const int FramesToJudge = 60;

    private const double DrivingMetresPerSecond = 1;
    private const double DarkMedian = 10;
    private const double DarkMean = 18;

    // A moving world never gives the same frame twice; a standing one, at night, may for a while.
    private static readonly TimeSpan FrozenDriving = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FrozenStanding = TimeSpan.FromMinutes(1);

    private readonly MovedDetector _moved;
    private readonly DirtDetector _dirt = new();
    private readonly float[] _cells = new float[Thumbnail.Cells];
    private uint _lastHash;
    private TimeSpan _sameDriving;
    private TimeSpan _sameStanding;

    /// <summary>Watches a camera.</summary>
    /// <param name="calibrationId">The measuring in force.</param>
    /// <param name="reference">How it looked then; null when that must still be learned.</param>
    /// <param name="learned">Takes a reference once it is learned, to be kept.</param>
    public CameraWatch(string calibrationId, CameraReference? reference, Action<CameraReference> learned) =>
        _moved = new MovedDetector(calibrationId, reference, learned);

    /// <summary>What is wrong now.</summary>
    public CameraFaults Faults { get; private set; }

    /// <summary>Takes a frame.</summary>
    /// <param name="picture">The frame.</param>
    /// <param name="elapsed">Time since the frame before.</param>
    /// <param name="speedMetresPerSecond">The truck's speed; NaN when unknown.</param>
    public CameraFaults Take(Picture picture, TimeSpan elapsed, double speedMetresPerSecond)
    {
        var isDriving = speedMetresPerSecond >= DrivingMetresPerSecond;
        var sharpness = Thumbnail.Fill(picture, _cells);
        var brightness = Brightness.Of(picture);
        var isDark = brightness.Median < DarkMedian && brightness.Mean < DarkMean;
        var isSame = IsSame(picture);
        _sameDriving = !isSame ? TimeSpan.Zero : isDriving ? _sameDriving + elapsed : _sameDriving;
        _sameStanding = !isSame ? TimeSpan.Zero : _sameStanding + elapsed;
        var isFrozen = _sameDriving >= FrozenDriving || _sameStanding >= FrozenStanding;
        if (isDriving && !isDark && !isSame)
        {
            _dirt.Take(_cells);
            _moved.Take(_cells, sharpness / Math.Max(brightness.Spread, 8)); // Dull light lowers both; only grease lowers sharpness alone.
        }

        return Faults = (isDark ? CameraFaults.Dark : CameraFaults.None)
            | (isFrozen ? CameraFaults.Frozen : CameraFaults.None)
            | (_dirt.Share > 0 || _moved.IsSoft ? CameraFaults.Dirty : CameraFaults.None)
            | (_moved.IsMoved ? CameraFaults.Moved : CameraFaults.None);
    }

    /// <summary>Whether a place of the picture, in shares of its width and height, is hidden by dirt.</summary>
    public bool IsDirty(double x, double y) => _moved.IsSoft || _dirt.IsDirty(x, y);

    private bool IsSame(Picture picture)
    {
        var hash = 0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(picture.Rgb))
        {
            hash = BitOperations.Crc32C(hash, word);
        }

        (var same, _lastHash) = (hash == _lastHash, hash);
        return same;
    }
}
