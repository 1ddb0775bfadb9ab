namespace CleanStreets.Edge.Sensors;

/// <summary>A way to hear a sensor: it gives lines of text, whatever carries them.</summary>
internal interface ISensorSource
{
    /// <summary>Hands on lines until stopped, or throws when the sensor is gone: then it is run again after a while.</summary>
    Task RunAsync(Action<string> take, CancellationToken stop);
}
