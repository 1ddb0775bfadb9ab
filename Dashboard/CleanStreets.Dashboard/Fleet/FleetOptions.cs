namespace CleanStreets.Dashboard.Fleet;

/// <summary>The door for boxes, when there is one.</summary>
internal sealed record FleetOptions
{
    /// <summary>Where boxes enrol and renew, over HTTPS.</summary>
    public required HostPort Door { get; init; }

    /// <summary>Names and addresses under which boxes reach the city; the first is where their readings go.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Port of MQTT with TLS, told to boxes.</summary>
    public int MqttPort { get; init; } = 8883;

    /// <summary>How long boxes' certificates last. Default: a year; renewal begins at a third.</summary>
    public TimeSpan BoxValidity { get; init; } = CityAuthority.BoxValidity;

    /// <summary>How long after a change a box hears that it sits elsewhere. Default: 6 s, in which a listener has read its new rights.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often the registry is looked at for changes that boxes should hear. Default: 1 s.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);
}
