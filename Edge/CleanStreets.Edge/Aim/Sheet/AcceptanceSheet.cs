using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>What a technician signed: how a camera was measured, what it showed then, and which checks were right.</summary>
internal sealed record AcceptanceSheet
{
    /// <summary>Name of this measuring; stands in every batch of readings from now on.</summary>
    public required string CalibrationId { get; init; }

    /// <summary>The truck; empty when nobody said it.</summary>
    public required string Truck { get; init; }

    /// <summary>The box; absent when it has no name.</summary>
    public string? Box { get; init; }

    /// <summary>The camera.</summary>
    public required string Camera { get; init; }

    /// <summary>Who accepted.</summary>
    public required string Technician { get; init; }

    /// <summary>Why, although a check failed; absent when none did.</summary>
    public string? Remark { get; init; }

    /// <summary>When, by the truck's clock.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Whether satellites had set that clock.</summary>
    public required bool ClockFromGnss { get; init; }

    /// <summary>How the camera sits.</summary>
    public required CameraMounting Mounting { get; init; }

    /// <summary>From the truck's middle to the left kerb, metres; 0: not this camera's.</summary>
    public required double LeftKerbMetres { get; init; }

    /// <summary>The right kerb.</summary>
    public required double RightKerbMetres { get; init; }

    /// <summary>The marks that it was measured by.</summary>
    public required IReadOnlyList<MarkState> Marks { get; init; }

    /// <summary>What they told; absent without marks.</summary>
    public MeasuredState? Measured { get; init; }

    /// <summary>Each check's result.</summary>
    public required IReadOnlyList<CheckState> Checks { get; init; }

    /// <summary>Version of the detection model, which also masked the picture; empty without one.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Version of the agent.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>Pixels of the picture.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels of the picture.</summary>
    public required int Height { get; init; }

    /// <summary>The masked picture, JPEG; absent when it was withheld.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>Why it was withheld; absent when it was not.</summary>
    public string? Withheld { get; init; }

    /// <summary>The drawing over the picture: the inside of an <c>svg</c>.</summary>
    public required string Overlay { get; init; }

    /// <summary>The checks that failed.</summary>
    public IEnumerable<string> OpenPoints => Checks.Where(check => check.Verdict == Doctor.Verdict.Fail).Select(check => check.Part);
}
