namespace CleanStreets.Edge.Vision.Ground;

/// <summary>A place on the street as the truck sees it.</summary>
/// <param name="AheadMetres">Ahead of the position antenna along the direction of travel.</param>
/// <param name="RightMetres">Right of the truck's middle; negative left.</param>
/// <param name="DistanceMetres">From the point below the lens.</param>
internal readonly record struct GroundPoint(double AheadMetres, double RightMetres, double DistanceMetres);

/// <summary>Turns places of the picture into places on the street: a lens without distortion over a flat street.</summary>
/// <remarks>
/// A pinhole of focal length width ÷ 2 ÷ tan(field of view ÷ 2). The street is flat where it matters: over 12 m, kerbs and camber are off by
/// a tenth or two. A camera that bends straight lines must be set right by its own correction first.
/// </remarks>
internal sealed class GroundPlane
{
    // Rays flatter than this hit the street so far away that a pixel is metres.
    private const double FlattestDown = 0.02;

    private readonly CameraMounting _mounting;
    private readonly int _width;
    private readonly int _height;
    private readonly double _focal;
    private readonly (double Sin, double Cos) _pitch;
    private readonly (double Sin, double Cos) _yaw;
    private readonly (double Sin, double Cos) _roll;

    public GroundPlane(CameraMounting mounting, int width, int height)
    {
        (_mounting, _width, _height) = (mounting, width, height);
        _focal = width / 2.0 / Math.Tan(double.DegreesToRadians(mounting.HorizontalFieldOfViewDegrees) / 2);
        _pitch = Math.SinCos(double.DegreesToRadians(mounting.PitchDegrees));
        _yaw = Math.SinCos(double.DegreesToRadians(mounting.YawDegrees));
        _roll = Math.SinCos(double.DegreesToRadians(mounting.RollDegrees));
    }

    /// <summary>Pixels that a ray moves when it turns by one radian in the middle of the picture.</summary>
    public double FocalPixels => _focal;

    /// <summary>Row of the picture in which the horizon lies in its middle column; may be outside of it.</summary>
    public double HorizonRow => HorizonAt(_width / 2.0);

    /// <summary>Row of the picture in which the horizon lies in a column; may be outside of it.</summary>
    public double HorizonAt(double x)
    {
        var right = (x - (_width / 2.0)) / _focal;
        return (_height / 2.0) - (_focal * ((_pitch.Sin / _pitch.Cos) + (right * _roll.Sin)) / _roll.Cos);
    }

    /// <summary>Radians by which the ray through a place of the picture points below the horizontal; negative: to the sky.</summary>
    public double Depression(double x, double y)
    {
        var (right, forward, down) = Ray(x, y);
        return Math.Atan2(down, Math.Sqrt((forward * forward) + (right * right)));
    }

    /// <summary>The place on the street that a place of the picture shows; null for the sky and what is too far.</summary>
    public GroundPoint? ToGround(double x, double y)
    {
        var (right, forward, down) = Ray(x, y);
        if (down < FlattestDown)
        {
            return null;
        }

        var (along, across) = (forward * _mounting.HeightMetres / down, right * _mounting.HeightMetres / down);
        return new GroundPoint(
            (along * _yaw.Cos) - (across * _yaw.Sin) + _mounting.AheadMetres,
            (along * _yaw.Sin) + (across * _yaw.Cos) + _mounting.RightMetres,
            Math.Sqrt((along * along) + (across * across)));
    }

    /// <summary>Where in the picture a place on the street is seen; null when it lies behind the lens.</summary>
    public (double X, double Y)? ToPicture(double aheadMetres, double rightMetres)
    {
        var (ahead, right) = (aheadMetres - _mounting.AheadMetres, rightMetres - _mounting.RightMetres);
        var (along, across) = ((ahead * _yaw.Cos) + (right * _yaw.Sin), (right * _yaw.Cos) - (ahead * _yaw.Sin));
        var depth = (along * _pitch.Cos) + (_mounting.HeightMetres * _pitch.Sin);
        var below = (_mounting.HeightMetres * _pitch.Cos) - (along * _pitch.Sin);
        return depth <= 0 ? null : (
            (_width / 2.0) + (_focal * ((across * _roll.Cos) + (below * _roll.Sin)) / depth),
            (_height / 2.0) + (_focal * ((below * _roll.Cos) - (across * _roll.Sin)) / depth));
    }

    /// <summary>The ray through a place of the picture: to the right, forward and down of a level camera that looks the same way.</summary>
    private (double Right, double Forward, double Down) Ray(double x, double y)
    {
        var (u, v) = ((x - (_width / 2.0)) / _focal, (y - (_height / 2.0)) / _focal);
        var (right, below) = ((u * _roll.Cos) - (v * _roll.Sin), (u * _roll.Sin) + (v * _roll.Cos));
        return (right, _pitch.Cos - (below * _pitch.Sin), _pitch.Sin + (below * _pitch.Cos));
    }
}
