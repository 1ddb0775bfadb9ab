namespace CleanStreets.Edge.IotHub.Provisioning;

/// <summary>Says which hub the device belongs to.</summary>
internal interface IHubAssignment
{
    /// <summary>Whether it may be another one later.</summary>
    bool MayChange { get; }

    /// <summary>The hub and the device; waits until somebody knows.</summary>
    /// <param name="waiting">Hears, in a sentence, why it has to wait.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task<HubIdentity> GetAsync(Action<string> waiting, CancellationToken stop);

    /// <summary>The hub refuses the device: what is known may be of yesterday.</summary>
    void Forget();
}

/// <summary>The hub that a connection string names.</summary>
internal sealed class FixedAssignment(HubIdentity identity) : IHubAssignment
{
    /// <inheritdoc/>
    public bool MayChange => false;

    /// <inheritdoc/>
    public Task<HubIdentity> GetAsync(Action<string> waiting, CancellationToken stop) => Task.FromResult(identity);

    /// <inheritdoc/>
    public void Forget()
    {
        // It stands in the settings.
    }
}
