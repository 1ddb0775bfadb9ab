using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>Pitch, height and roll of a camera as marks at known distances tell them.</summary>
/// <remarks>
/// A mark at distance d, seen under a lens of height h, lies atan(h ÷ d) below the horizontal; the horizon is a mark without end. The angle of the ray through the
/// tapped place depends on the pitch alone. So every mark is one equation in pitch and height; least squares by Gauss and Newton. Two taps on the horizon give the roll first.
/// Which way the camera looks does not matter: distances are measured from under the lens.
/// </remarks>
internal sealed record MarkFit
{
    // A careful tap with the loupe, in pixels of the picture.
    private const double TapPixels = 3;

    // Rays must differ by this much to tell height from pitch: cones at 5 and 10 m under a lens at 2.4 m differ by 12°.
    private const double ApartRadians = 0.035;
    private const double HorizonApartShare = 0.2;
    private const int Steps = 60;
    private const double Step = 1e-6;
    private const double Enough = 1e-12;
    private const double MostDamping = 1e8;
    private const double Sigmas = 2;

    /// <summary>How far it looks down, degrees.</summary>
    public required double PitchDegrees { get; init; }

    /// <summary>Height of the lens, metres; as it was set when the marks do not tell it.</summary>
    public required double HeightMetres { get; init; }

    /// <summary>Roll, degrees; as it was set when the marks do not tell it.</summary>
    public required double RollDegrees { get; init; }

    /// <summary>Whether the marks tell the height.</summary>
    public required bool IsHeightMeasured { get; init; }

    /// <summary>Whether they tell the roll.</summary>
    public required bool IsRollMeasured { get; init; }

    /// <summary>The pitch is right within this, degrees (two standard deviations).</summary>
    public required double PitchWithinDegrees { get; init; }

    /// <summary>The height is right within this, metres (two standard deviations); 0 when it was not measured.</summary>
    public required double HeightWithinMetres { get; init; }

    /// <summary>Root mean square of what is left between taps and marks, pixels; 0 when there are no more marks than unknowns.</summary>
    public required double ResidualPixels { get; init; }

    /// <summary>Measures.</summary>
    /// <param name="mounting">What is set: the field of view is taken from it, and what the marks do not tell.</param>
    /// <param name="width">Width of the picture, pixels.</param>
    /// <param name="height">Height of the picture, pixels.</param>
    /// <param name="marks">The marks.</param>
    /// <returns>Null without marks, or when no camera could see them so.</returns>
    public static MarkFit? Of(CameraMounting mounting, int width, int height, IReadOnlyList<Mark> marks)
    {
        if (marks.Count == 0)
        {
            return null;
        }

        var roll = RollOf(mounting, width, height, marks);
        var rolled = mounting with { RollDegrees = roll ?? mounting.RollDegrees };
        var tellsHeight = TellsHeight(new GroundPlane(rolled, width, height), width, height, marks);
        MarkFit? best = null;
        var least = double.PositiveInfinity;
        foreach (var start in (ReadOnlySpan<double>)[mounting.PitchDegrees, 0, 15, 30, 50, 70])
        {
            if (Solve(rolled with { PitchDegrees = start }, width, height, marks, tellsHeight, out var sum) is { } fit && sum < least)
            {
                (best, least) = (fit with { IsRollMeasured = roll is not null }, sum);
            }
        }

        return best;
    }

    /// <summary>How far away the place of a mark is by a mounting, metres; null: the sky.</summary>
    public static double? DistanceOf(Mark mark, CameraMounting mounting, int width, int height)
    {
        var down = new GroundPlane(mounting, width, height).Depression(mark.X * width, mark.Y * height);
        return down > 0 ? mounting.HeightMetres / Math.Tan(down) : null;
    }

    private static double? RollOf(CameraMounting mounting, int width, int height, IReadOnlyList<Mark> marks)
    {
        var horizon = marks.Where(mark => mark.DistanceMetres is null).ToList();
        if (horizon.Count < 2 || horizon.Max(mark => mark.X) - horizon.Min(mark => mark.X) < HorizonApartShare)
        {
            return null;
        }

        var (middleX, middleY) = (horizon.Average(mark => mark.X), horizon.Average(mark => mark.Y));
        var slope = horizon.Sum(mark => (mark.X - middleX) * (mark.Y - middleY)) * height / (horizon.Sum(mark => Math.Pow(mark.X - middleX, 2)) * width);
        var roll = double.RadiansToDegrees(-Math.Atan(slope)); // The right end of the horizon stands higher when the camera is turned clockwise.
        return Math.Abs(roll) <= 45 ? roll : mounting.RollDegrees;
    }

    private static bool TellsHeight(GroundPlane plane, int width, int height, IReadOnlyList<Mark> marks)
    {
        if (marks.All(mark => mark.DistanceMetres is null))
        {
            return false;
        }

        var angles = marks.Select(mark => plane.Depression(mark.X * width, mark.Y * height)).ToList();
        var distances = marks.Select(mark => mark.DistanceMetres ?? double.PositiveInfinity).Distinct().Count();
        return distances > 1 && angles.Max() - angles.Min() > ApartRadians;
    }

    private static MarkFit? Solve(CameraMounting start, int width, int height, IReadOnlyList<Mark> marks, bool tellsHeight, out double sum)
    {
        var (pitch, logHeight) = (double.DegreesToRadians(start.PitchDegrees), Math.Log(start.HeightMetres));
        var damping = 1e-3;
        var residuals = Residuals(pitch, logHeight);
        sum = Sum(residuals);
        (double A, double B, double C) normal = default;
        for (var step = 0; step < Steps; step++)
        {
            var byPitch = Slope(Residuals(pitch + Step, logHeight), residuals);
            var byHeight = tellsHeight ? Slope(Residuals(pitch, logHeight + Step), residuals) : new double[marks.Count];
            normal = (Dot(byPitch, byPitch), Dot(byPitch, byHeight), tellsHeight ? Dot(byHeight, byHeight) : 1);
            var (g, h) = (Dot(byPitch, residuals), Dot(byHeight, residuals));
            var (a, c) = (normal.A * (1 + damping), normal.C * (1 + damping));
            var determinant = (a * c) - (normal.B * normal.B);
            if (determinant <= 0)
            {
                return null;
            }

            var (nextPitch, nextHeight) = (pitch - (((c * g) - (normal.B * h)) / determinant), logHeight - (((a * h) - (normal.B * g)) / determinant));
            var next = Residuals(nextPitch, nextHeight);
            var nextSum = Sum(next);
            if (nextSum <= sum)
            {
                var isDone = sum - nextSum <= sum * Enough;
                (pitch, logHeight, residuals, sum, damping) = (nextPitch, nextHeight, next, nextSum, damping / 10);
                if (isDone)
                {
                    break;
                }
            }
            else if ((damping *= 10) > MostDamping)
            {
                break; // No step makes it better: this is the bottom.
            }
        }

        return Result();

        double[] Residuals(double atPitch, double atLogHeight)
        {
            var plane = new GroundPlane(start with { PitchDegrees = double.RadiansToDegrees(atPitch) }, width, height);
            return [.. marks.Select(mark => plane.Depression(mark.X * width, mark.Y * height) - (mark.DistanceMetres is { } d ? Math.Atan(Math.Exp(atLogHeight) / d) : 0))];
        }

        MarkFit? Result()
        {
            var (pitchDegrees, heightMetres) = (double.RadiansToDegrees(pitch), Math.Exp(logHeight));
            if (!double.IsFinite(pitchDegrees) || pitchDegrees is < -20 or > 90 || heightMetres is < 0.3 or > 6)
            {
                return null;
            }

            var focal = new GroundPlane(start, width, height).FocalPixels;
            var free = marks.Count - (tellsHeight ? 2 : 1);
            var rms = Math.Sqrt(Sum(residuals) / Math.Max(1, free));
            var sigma = Sigmas * Math.Max(rms, TapPixels / focal);
            var determinant = (normal.A * normal.C) - (normal.B * normal.B);
            return new MarkFit
            {
                PitchDegrees = pitchDegrees,
                HeightMetres = heightMetres,
                RollDegrees = start.RollDegrees,
                IsHeightMeasured = tellsHeight,
                IsRollMeasured = false,
                PitchWithinDegrees = double.RadiansToDegrees(sigma * Math.Sqrt(normal.C / determinant)),
                HeightWithinMetres = tellsHeight ? sigma * Math.Sqrt(normal.A / determinant) * heightMetres : 0,
                ResidualPixels = free > 0 ? rms * focal : 0,
            };
        }
    }

    private static double[] Slope(double[] moved, double[] from) => [.. moved.Zip(from, (a, b) => (a - b) / Step)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Sum(double[] residuals) => Dot(residuals, residuals);
}
