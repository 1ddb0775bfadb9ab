using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>How much of the strip beside a kerb a camera sees: its longest unbroken part.</summary>
/// <param name="IsLeft">The kerb on the vehicle's left.</param>
/// <param name="KerbMetres">From the truck's middle to the kerb.</param>
/// <param name="FromMetres">Beginning of what is seen, ahead of the position antenna.</param>
/// <param name="ToMetres">Its end; the same as the beginning when nothing is seen.</param>
/// <param name="Lost">What hides most of the rest within reach.</param>
internal readonly record struct KerbView(bool IsLeft, double KerbMetres, double FromMetres, double ToMetres, KerbLoss Lost)
{
    private const double StepMetres = 0.1;

    /// <summary>Length of what is seen, metres.</summary>
    public double LengthMetres => ToMetres - FromMetres;

    /// <summary>Looks at one kerb.</summary>
    /// <param name="mounting">The camera.</param>
    /// <param name="target">Its kerbs.</param>
    /// <param name="isLeft">Which.</param>
    /// <param name="width">Width of the picture, pixels.</param>
    /// <param name="height">Height of the picture, pixels.</param>
    /// <returns>Null for a kerb that is not this camera's.</returns>
    public static KerbView? Of(CameraMounting mounting, KerbTarget target, bool isLeft, int width, int height)
    {
        var kerb = target.Of(isLeft, mounting.YawDegrees);
        if (kerb == 0)
        {
            return null;
        }

        var plane = new GroundPlane(mounting, width, height);
        double[] across = [kerb - target.WidthMetres, kerb - (target.WidthMetres / 2), kerb];
        var losses = new int[Enum.GetValues<KerbLoss>().Length];
        var (best, bestFrom, run) = (0, 0, 0);
        var farthest = (int)Math.Ceiling(mounting.Region.MaxDistanceMetres / StepMetres);
        for (var step = -farthest; step <= farthest; step++)
        {
            var ahead = mounting.AheadMetres + (step * StepMetres);
            var worst = KerbLoss.None;
            foreach (var metres in across)
            {
                var loss = LossAt(mounting, plane, ahead, isLeft ? -metres : metres, width, height);
                worst = loss > worst ? loss : worst;
            }

            losses[(int)worst]++;
            run = worst == KerbLoss.None ? run + 1 : 0;
            (best, bestFrom) = run > best ? (run, step - run + 1) : (best, bestFrom);
        }

        losses[(int)KerbLoss.None] = losses[(int)KerbLoss.OutOfReach] = 0;
        var most = losses.Max();
        var from = mounting.AheadMetres + (bestFrom * StepMetres);
        return new KerbView(isLeft, kerb, from, from + (best * StepMetres), most == 0 ? KerbLoss.OutOfReach : (KerbLoss)Array.IndexOf(losses, most));
    }

    private static KerbLoss LossAt(CameraMounting mounting, GroundPlane plane, double ahead, double right, int width, int height)
    {
        var region = mounting.Region;
        var distance = Math.Sqrt(Math.Pow(ahead - mounting.AheadMetres, 2) + Math.Pow(right - mounting.RightMetres, 2));
        if (Math.Abs(right) > region.MaxSideMetres)
        {
            return KerbLoss.OutOfRegion;
        }

        if (distance > region.MaxDistanceMetres || plane.ToPicture(ahead, right) is not var (x, y) || plane.ToGround(x, y) is null)
        {
            return KerbLoss.OutOfReach;
        }

        return y >= height ? KerbLoss.BelowPicture
            : y < 0 ? KerbLoss.AbovePicture
            : x < 0 ? KerbLoss.LeftOfPicture
            : x >= width ? KerbLoss.RightOfPicture
            : !region.Holds(x / width, y / height) ? KerbLoss.OwnTruck
            : KerbLoss.None;
    }
}

/// <summary>Why a place at the kerb is not seen.</summary>
internal enum KerbLoss
{
    /// <summary>It is.</summary>
    None = 0,

    /// <summary>Too far away, or behind the lens: no camera is asked for that.</summary>
    OutOfReach = 1,

    /// <summary>Below the lower edge of the picture: too near.</summary>
    BelowPicture = 2,

    /// <summary>Above the upper edge.</summary>
    AbovePicture = 3,

    /// <summary>Beyond the left edge.</summary>
    LeftOfPicture = 4,

    /// <summary>Beyond the right edge.</summary>
    RightOfPicture = 5,

    /// <summary>Behind what is left out as the truck's own body.</summary>
    OwnTruck = 6,

    /// <summary>Farther to the side than the region that is judged.</summary>
    OutOfRegion = 7,
}
