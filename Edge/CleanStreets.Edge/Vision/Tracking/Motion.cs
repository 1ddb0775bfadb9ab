namespace CleanStreets.Edge.Vision.Tracking;

/// <summary>How the truck moved since the frame before.</summary>
/// <param name="Elapsed">Time between the frames.</param>
/// <param name="SpeedMetresPerSecond">Its speed; NaN when unknown.</param>
/// <param name="TurnDegrees">How far it turned, clockwise; 0 when unknown.</param>
internal readonly record struct Motion(TimeSpan Elapsed, double SpeedMetresPerSecond, double TurnDegrees = 0)
{
    /// <summary>Metres driven; 0 when the speed is unknown.</summary>
    public double Metres => double.IsFinite(SpeedMetresPerSecond) ? SpeedMetresPerSecond * Elapsed.TotalSeconds : 0;
}
