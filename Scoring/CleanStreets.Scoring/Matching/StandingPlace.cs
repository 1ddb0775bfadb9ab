using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Matching;

/// <summary>Where a truck stands, or hardly moves: the mean of the fixes since the last deciding one.</summary>
/// <remarks>
/// One fix alone says little about where the truck stands; the mean of several says it well, so that from then on only a fix far out
/// of the noise counts as driving. Without this a parked truck would seem to drive to and fro all night.
/// </remarks>
internal struct StandingPlace
{
    /// <summary>From this many fixes on the mean is trusted. A truck that drives leaves the spacing after two or three.</summary>
    private const int Trusted = 5;

    private double _sumX;
    private double _sumY;
    private int _count;

    public readonly void Save(StateWriter state)
    {
        state.Real(_sumX);
        state.Real(_sumY);
        state.Number(_count);
    }

    public static StandingPlace Load(ref StateReader state) => new() { _sumX = state.Real(), _sumY = state.Real(), _count = state.Int32() };

    public void Add(in TraceFix fix)
    {
        _sumX += fix.X;
        _sumY += fix.Y;
        _count++;
    }

    /// <summary>Whether a fix may come from a truck that has not moved on.</summary>
    /// <param name="fix">The fix.</param>
    /// <param name="spacing">Distance that counts as driving while little is known.</param>
    /// <param name="noise">Distance that counts as driving from a place that is well known.</param>
    public readonly bool IsHere(in TraceFix fix, double spacing, double noise)
    {
        double x = fix.X - (_sumX / _count), y = fix.Y - (_sumY / _count);
        var limit = _count >= Trusted ? Math.Max(spacing, noise) : spacing;
        return (x * x) + (y * y) < limit * limit;
    }
}
