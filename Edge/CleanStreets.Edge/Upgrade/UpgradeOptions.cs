namespace CleanStreets.Edge.Upgrade;

/// <summary>What an <see cref="Upgrader"/> works with.</summary>
internal sealed record UpgradeOptions
{
    /// <summary>The box's own ring.</summary>
    public required string Ring { get; init; }

    /// <summary>Folder of what is fetched.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder of models.</summary>
    public required string Models { get; init; }

    /// <summary>Folder of the public keys of releases, PEM.</summary>
    public required string Keys { get; init; }

    /// <summary>The program in use.</summary>
    public required InstalledProgram Program { get; init; }

    /// <summary>The model in use.</summary>
    public required InstalledModel Model { get; init; }

    /// <summary>Whether a camera is set, so that a model is of use.</summary>
    public bool HasCamera { get; init; }

    /// <summary>Most bytes a second to fetch; 0: no cap.</summary>
    public long BytesASecond { get; init; }

    /// <summary>Makes the way to the city's web server.</summary>
    public required Func<HttpClient> Http { get; init; }

    /// <summary>Whether the day's budget of bytes has room.</summary>
    public required Func<bool> MayReceive { get; init; }

    /// <summary>Counts what came.</summary>
    public required Action<int> Received { get; init; }

    /// <summary>What flows now and must flow again after an upgrade.</summary>
    public required Func<IReadOnlyList<string>> Flows { get; init; }
}
