using CleanStreets.Contracts.Readings;

namespace CleanStreets.Contracts.Facts;

/// <summary>Something a person established about a street segment, published on <see cref="Topics.Facts"/> and journalled like a reading.</summary>
public sealed record Fact
{
    /// <summary>The fact's own id, at most 64 characters: the same fact sent twice counts once.</summary>
    public required string FactId { get; init; }

    /// <summary>The segment it is about; equal to the last level of its topic.</summary>
    public required SegmentId SegmentId { get; init; }

    /// <summary>What was established.</summary>
    public required FactKind Kind { get; init; }

    /// <summary>When it holds from, by the clock of who said it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who said it: a user or crew name.</summary>
    public string? By { get; init; }

    /// <summary>The work order it belongs to.</summary>
    public OrderId? OrderId { get; init; }

    /// <summary>The side it is about; unknown means the whole segment.</summary>
    public Side Side { get; init; }

    /// <summary>For a truck that was sent: which one.</summary>
    public TruckId? TruckId { get; init; }

    /// <summary>For detections: the id under which the detection waits in the confirm queue.</summary>
    public string? DetectionId { get; init; }
}

/// <summary>What a person can establish.</summary>
public enum FactKind : byte
{
    /// <summary>A crew says that it cleaned. A claim: it changes no score.</summary>
    CleaningClaimed = 1,

    /// <summary>A later pass by another vehicle saw the street clean: evidence from before is set aside from here on.</summary>
    CleaningVerified = 2,

    /// <summary>A person looked at the picture and says: this is illegal dumping.</summary>
    DetectionConfirmed = 3,

    /// <summary>A person looked at the picture and says: this is nothing.</summary>
    DetectionRefused = 4,

    /// <summary>
    /// A truck is sent to the street because of a work order, from <see cref="Fact.At"/> on; <see cref="Fact.TruckId"/> and <see cref="Fact.OrderId"/>
    /// say which. What it sees there verifies the order and is condition now like any pass, but no part of a period index: nobody would have looked.
    /// </summary>
    TruckSent = 5,
}
