namespace CleanStreets.Contracts.Boxes;

/// <summary>What the city wants of one box, retained on <see cref="Topics.Assignments"/>.</summary>
public sealed record BoxAssignment
{
    /// <summary>The box.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>The truck it sits on; absent: on none, and it takes no readings.</summary>
    public TruckId? TruckId { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Set when the box is to forget everything: the id of that wish, said back in the answer.</summary>
    public string? Wipe { get; init; }
}
