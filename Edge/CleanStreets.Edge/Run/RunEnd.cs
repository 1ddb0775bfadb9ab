using CleanStreets.Contracts.Boxes;

namespace CleanStreets.Edge.Run;

/// <summary>Why a run of the agent ended.</summary>
/// <param name="Assignment">What the city wants of the box now; null: somebody stopped the agent.</param>
internal readonly record struct RunEnd(BoxAssignment? Assignment)
{
    /// <summary>Somebody stopped the agent.</summary>
    public static RunEnd Stopped { get; } = new(null);

    /// <summary>A release or a model waits to be started.</summary>
    public static RunEnd Restart { get; } = new(null) { IsRestart = true };

    /// <summary>The program is to be started again.</summary>
    public bool IsRestart { get; private init; }

    /// <summary>The box is to forget everything.</summary>
    public bool IsWipe => Assignment?.Wipe is not null;

    /// <summary>The box sits elsewhere now: it runs anew as that truck.</summary>
    public bool IsMove => Assignment is { Wipe: null };
}
