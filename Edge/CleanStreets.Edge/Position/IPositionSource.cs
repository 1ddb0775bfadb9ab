namespace CleanStreets.Edge.Position;

/// <summary>A receiver, or a recording of one.</summary>
internal interface IPositionSource
{
    /// <summary>What it is, for people: <c>gpsd 127.0.0.1:2947</c>.</summary>
    string Name { get; }

    /// <summary>Whether what it says is a recording: then the truck is marked as simulated.</summary>
    bool IsRecording { get; }

    /// <summary>Hands on every fix, also those without a position, until stopped or until a recording has ended. Comes back after a lost receiver by itself.</summary>
    /// <param name="take">Takes a fix; the source waits for it.</param>
    /// <param name="stop">Ends it.</param>
    Task RunAsync(Func<Fix, ValueTask> take, CancellationToken stop);
}
