namespace CleanStreets.Edge.Sensors;

/// <summary>One sensor and how it is asked.</summary>
internal sealed record SensorOptions
{
    /// <summary><c>serial</c>, <c>file</c>, <c>http</c> or <c>mqtt</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>The device, the file, the URL, or for MQTT <c>mqtt://HOST:PORT/TOPIC</c>; a login stands before the host: <c>USER:PASSWORD@</c>.</summary>
    public required string Source { get; set; }

    /// <summary>Name, with its unit, of a value that comes without one.</summary>
    public string? Name { get; set; }

    /// <summary>Our names, with their units, for the sensor's own. Others are taken only when their name tells a unit.</summary>
    public Dictionary<string, string> Names { get; set; } = [];

    /// <summary>Speed of a serial line. Default: 9,600.</summary>
    public int Baud { get; set; } = 9600;

    /// <summary>How often a file or URL is read. Default: 1 s.</summary>
    public double EverySeconds { get; set; } = 1;

    /// <summary>A value older than this is no longer told. Default: 10 s.</summary>
    public double StaleSeconds { get; set; } = 10;
}
